"""233号令: no promise of principal, least return or greatest loss, and no forecast."""

from ledger.rules import wording

KEY = "cn/order_233/unnumbered_promise_words"

RULE = wording.rule(KEY)
