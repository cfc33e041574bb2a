"""What a decision costs: the whole of `cn_private_fund`, the suitability core beside Cedar and Rego, a batch over HTTP.

    .venv/bin/python -m benchmarks.decisions [--cases 200] [--rounds 15] [--processor] [--json]

Everything in one run on the same cases, the engines taking turns; each is given its policies compiled and its input
made (Cedar once more as its first example has it, with policies as text). "First asked" is about investors and products
that nobody has asked about yet; the service keeps their states, and with them what follows from each alone. Of several
rounds the least disturbed one counts for rates, the median one for percentiles. Answers are compared before anything is
timed. Ratios are what travels to another machine, times are this one's; ``--processor`` is for where others work too.
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cedarpy
import httpx
import regopy

from benchmarks.eligibility_http import INVESTORS, _eligibility, _populate, _target
from ledger.domain.decision import Facts
from ledger.rules import Rules, load
from ledger.rules.loader import parse
from ledger.rules.registry import RULES
from tests.differential.cases import CORE, NOW, Case, cases, facts
from tests.differential.engines import HERE, WHO, cedar, ours, refusals, rego

WARM_ROUNDS = 15
Clock = Callable[[], float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--processor", action="store_true", help="processor time in process, where others work too")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    drawn = cases(options.cases, seed=7)
    clock = time.thread_time if options.processor else time.perf_counter
    found = {**in_process(drawn, options.rounds, clock), **over_http()}
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for what, (value, unit, target) in found.items():
        print(f"{what:<44} {value:>12,.1f} {unit:<5} {target}")


def in_process(drawn: Sequence[Case], rounds: int, clock: Clock) -> dict[str, tuple[float, str, str]]:
    """Measure our full decision, and the core in three engines."""
    whole, core = load(), core_rules()
    agree(whole, core, drawn[:200])
    known = [facts(case) for case in drawn]
    decide, decide_core = asking(whole), asking(core)
    first = [timed(decide, [fresh(f) for f in known], clock) for _ in range(rounds)]
    each = [timed(decide, known, clock) for _ in range(rounds)]
    full = [rate(decide, known, clock) for _ in range(rounds)]
    asked = [{**WHO, "context": case} for case in drawn]
    engines: dict[str, tuple[Callable[[Any], object], Callable[[], Sequence[Any]]]] = {
        "ours": (decide_core, lambda: known),
        "ours, first asked": (decide_core, lambda: [fresh(f) for f in known]),
        "cedarpy": (cedar_one(), lambda: asked),
        "cedarpy, policies as text": (cedar_text(), lambda: asked[:100]),
        "regopy": (rego_one(), lambda: [regopy.Input(case) for case in drawn[:100]]),
    }
    rates: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, (one, inputs) in engines.items():
            rates[name].append(rate(one, inputs(), clock))
    best = {name: max(found) for name, found in rates.items()}
    others = [name for name in engines if not name.startswith("ours")]
    return {
        "findings of a full decision": (len(whole.decide(known[0], at=NOW, as_of=NOW, known_at=NOW).findings), "", ""),
        "full decisions": (max(full), "/s", "target >= 20,000"),
        "full decisions, first asked": (max(len(times) / sum(times) for times in first), "/s", ""),
        "full decision, p50": (1e6 * statistics.median(percentile(t, 50) for t in each), "us", ""),
        "full decision, p99": (1e6 * statistics.median(percentile(t, 99) for t in each), "us", "target <= 200"),
        "full decision, first asked, p99": (1e6 * statistics.median(percentile(t, 99) for t in first), "us", ""),
        **{f"core, {name}": (best[name], "/s", "") for name in engines},
        **{f"core, ours to {name}": (best["ours"] / best[name], "x", "target >= 5") for name in others},
    }


def asking(rules: Rules) -> Callable[[Any], object]:
    """Return the question as one call."""
    return lambda known: rules.decide(known, at=NOW, as_of=NOW, known_at=NOW)


def fresh(known: Facts) -> Facts:
    """Return the same facts about states that nobody has judged yet."""
    return replace(known, investor=replace(known.investor), product=replace(known.product))


def rate(one: Callable[[Any], object], inputs: Sequence[Any], clock: Clock) -> float:
    """Return how many a second, without a look at the clock between them."""
    gc.collect()
    begun = clock()
    for given in inputs:
        one(given)
    return len(inputs) / (clock() - begun)


def core_rules() -> Rules:
    """Return the rules of the core alone, under the whole law."""
    law = load().files()
    return Rules(parse(law), registry=tuple(rule for rule in RULES if rule.key in CORE))


def agree(whole: Rules, core: Rules, drawn: Sequence[Case]) -> None:
    """Refuse to compare the speed of different answers."""
    wanted = [refusals(ours(whole, case)) for case in drawn]
    answers = {"core": [refusals(ours(core, c)) for c in drawn], "cedar": cedar(drawn), "rego": rego(drawn)}
    for engine, given in answers.items():
        if given != wanted:
            raise SystemExit(f"{engine} does not agree: run the differential test first")


def cedar_one() -> Callable[[Any], object]:
    """Return Cedar with policies and entities parsed once."""
    policies = cedarpy.PolicySet.from_str((HERE / "core.cedar").read_text(encoding="utf-8"))
    nobody = cedarpy.Entities.from_json_str("[]")
    return lambda request: cedarpy.is_authorized(request, policies, nobody)


def cedar_text() -> Callable[[Any], object]:
    """Return Cedar as its first example has it: with policies and entities as text."""
    policies = (HERE / "core.cedar").read_text(encoding="utf-8")
    return lambda request: cedarpy.is_authorized(request, policies, "[]")


def rego_one() -> Callable[[Any], object]:
    """Return Rego with its module compiled once."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("core", (HERE / "core.rego").read_text(encoding="utf-8"))
    bundle = interpreter.build("data.core.refused")

    def one(given: Any) -> object:
        interpreter.set_input(given)
        return str(interpreter.query_bundle(bundle))

    return one


def timed(one: Callable[[Any], object], inputs: Sequence[Any], clock: Clock) -> list[float]:
    """Return the seconds that each took."""
    gc.collect()
    times = []
    for given in inputs:
        begun = clock()
        one(given)
        times.append(clock() - begun)
    return times


def percentile(times: Sequence[float], percent: int) -> float:
    """Return the time that so many percent did not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def over_http() -> dict[str, tuple[float, str, str]]:
    """Ask a serving process about 1,000 investors at once: first with nothing folded yet, then again and again."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        bearer, product, investors = _populate(data)
        target = _target(_eligibility, (data,), ["/"], "")
        body = {"investors": investors, "product": product, "amount": "1000000.00", "currency": "CNY"}
        with httpx.Client(
            base_url=f"http://127.0.0.1:{target.port}", headers={"Authorization": f"Bearer {bearer}"}, timeout=120
        ) as client:
            cold, size = ask(client, body)
            warm = [ask(client, body)[0] for _ in range(WARM_ROUNDS)]
    return {
        f"batch of {INVESTORS} over HTTP, first": (1000 * cold, "ms", ""),
        f"batch of {INVESTORS} over HTTP, best": (1000 * min(warm), "ms", "target <= 100"),
        f"batch of {INVESTORS} over HTTP, median": (1000 * statistics.median(warm), "ms", "target <= 100"),
        "its answer": (size / 1000, "kB", ""),
    }


def ask(client: httpx.Client, body: dict[str, Any]) -> tuple[float, int]:
    """Return seconds and bytes of one batch."""
    begun = time.perf_counter()
    response = client.post("/v1/eligibility/batch", json=body)
    spent = time.perf_counter() - begun
    response.raise_for_status()
    return spent, len(response.content)


if __name__ == "__main__":
    main()
