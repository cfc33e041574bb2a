"""募集行为办法 art. 24: words that promotion may not hold."""

from ledger.rules import wording

KEY = "cn/amac_raising/art24_promotion_words"

RULE = wording.rule(KEY)
