"""条例 art. 20: no promise of the principal or a least return, no exaggeration."""

from ledger.rules import wording

KEY = "cn/regulation_762/art20_promise_words"

RULE = wording.rule(KEY)
