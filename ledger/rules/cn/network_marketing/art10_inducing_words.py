"""网络营销管理办法 art. 10: no inducing words."""

from ledger.rules import wording

KEY = "cn/network_marketing/art10_inducing_words"

RULE = wording.rule(KEY)
