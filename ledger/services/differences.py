"""Name where two JSON values differ, in words that lead a reader to the place."""

import json
from collections.abc import Iterator

from ledger.domain.events import Value

LONGEST = 160


def differences(recorded: Value, replayed: Value, at: str = "") -> Iterator[str]:
    """Yield one line for each place: ``findings[cn/…/art12].outcome: recorded "PASS", replayed "FAIL"``."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for name in sorted({*recorded, *replayed}):
            here = f"{at}.{name}" if at else name
            if name not in recorded or name not in replayed:
                side = "recorded only" if name in recorded else "replayed only"
                yield f"{here}: {side}, {_short((recorded if name in recorded else replayed)[name])}"
            else:
                yield from differences(recorded[name], replayed[name], here)
    elif isinstance(recorded, list) and isinstance(replayed, list):
        yield from differences(_named(recorded), _named(replayed), at)
    elif recorded != replayed or type(recorded) is not type(replayed):
        yield f"{at}: recorded {_short(recorded)}, replayed {_short(replayed)}"


def _named(items: list[Value]) -> Value:
    """Name entries by their rule where they have one, so that one finding more does not shift all others."""
    named: dict[str, Value] = {}
    for number, item in enumerate(items):
        rule = item.get("rule") if isinstance(item, dict) else None
        named[f"[{rule if isinstance(rule, str) else number}]"] = item
    return named


def _short(value: Value) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
