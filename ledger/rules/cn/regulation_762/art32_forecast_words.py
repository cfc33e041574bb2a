"""条例 art. 32: no forecast of performance."""

from ledger.rules import wording

KEY = "cn/regulation_762/art32_forecast_words"

RULE = wording.rule(KEY)
