"""Replay: verify a bundle, then make every decision in it again from its records and rulesets, and compare bytes.

The shortest reading time that a signature names is looked up again in its ruleset too.

Runs on `verifier`, the pure rules and the domain alone: no database, network, clock or server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from ledger.domain.events import Event, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import CallerError, IntegrityError
from ledger.rules import Rules
from ledger.rules.errors import RulesetError
from ledger.rules.identity import engine
from ledger.rules.replay import canonical, rules_of
from ledger.services import replay_reading
from ledger.services.differences import differences
from ledger.services.replay_facts import Held, moments
from verifier import bundle as bundles
from verifier import canonical as encoding
from verifier import pdf, verify
from verifier.bundle import Bundle
from verifier.errors import UndecidedError, VerificationError
from verifier.report import Outcome, Report
from verifier.trust import Trust


class Comparison(StrEnum):
    """What replaying a decision shows."""

    SAME = "same"
    DIFFERS = "differs"
    UNDECIDED = "undecided"


EXIT: Mapping[Comparison, int] = {Comparison.SAME: 0, Comparison.DIFFERS: 1, Comparison.UNDECIDED: 2}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision made again. ``detail`` is a sentence; ``differences`` name each place that is not the same."""

    receipt: str
    type: str
    answer: str
    at: str
    outcome: Comparison
    detail: str
    differences: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        return {
            "receipt": self.receipt,
            "type": self.type,
            "answer": self.answer,
            "at": self.at,
            "outcome": self.outcome.value,
            "detail": self.detail,
            "differences": list(self.differences),
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """The verification, then every decision. ``outcome``: one that differs makes all differ, none is undecided."""

    report: Report
    decisions: tuple[Replayed, ...] = ()
    problem: str = ""
    readings: tuple[Replayed, ...] = ()
    """Of each signature: was the shortest reading time that it names that of its ruleset?"""

    @property
    def outcome(self) -> Comparison:
        """What the whole bundle shows."""
        seen = {d.outcome for d in (*self.decisions, *self.readings)}
        if self.report.verdict is Outcome.FAILS or Comparison.DIFFERS in seen:
            return Comparison.DIFFERS
        if self.report.verdict is Outcome.UNDECIDED or Comparison.UNDECIDED in seen or not seen:
            return Comparison.UNDECIDED
        return Comparison.SAME

    @property
    def exit_code(self) -> int:
        """0 the same bytes, 1 something differs or is false, 2 it cannot be decided."""
        return EXIT[self.outcome]

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        decisions: list[Value] = [d.as_json() for d in self.decisions]
        return {
            "outcome": self.outcome.value,
            "exit_code": self.exit_code,
            "verification": self.report.verdict.value,
            "problem": self.problem,
            "decisions": decisions,
            "readings": [r.as_json() for r in self.readings],
        }


def replay(data: bytes, *, trust: Trust | None = None) -> Replay:
    """Replay ``evidence.json`` or ``report.pdf``; never raises for what is in them.

    Of a bundle that is false nothing is replayed: its records prove nothing.
    """
    report = verify.verify(data, trust=trust)
    failed = report.first_problem
    if failed is not None and report.verdict is Outcome.FAILS:
        return Replay(report, problem=f"verification step {failed.number}, {failed.title_en}: {failed.detail}")
    return replay_parsed(report, bundles.parse(pdf.evidence(data) if pdf.is_pdf(data) else data))


def replay_parsed(report: Report, bundle: Bundle) -> Replay:
    """Replay what has been verified already."""
    try:
        held = Held(bundle)
    except ValueError as error:
        return Replay(report, problem=f"its records are not of this program's domain: {error}")
    if not held.receipts:
        return Replay(report, problem="the bundle holds no decision: there is nothing to replay")
    files = {ruleset.digest: ruleset.files for ruleset in bundle.rulesets}
    known: dict[str, Rules] = {}
    decisions = tuple(_replayed(held, receipt, files, known) for receipt in held.receipts)
    return Replay(report, decisions, readings=tuple(_reading(signed, files, known) for signed in held.signed))


def _reading(signed: Event, files: Mapping[str, Mapping[str, str]], known: dict[str, Rules]) -> Replayed:
    try:
        outcome, detail = Comparison.SAME, replay_reading.require(signed, files, known)
    except VerificationError as error:
        outcome, detail = Comparison.DIFFERS, error.message
    except UndecidedError as error:
        outcome, detail = Comparison.UNDECIDED, error.message
    except (RulesetError, KeyError, TypeError) as error:
        outcome, detail = Comparison.UNDECIDED, f"its policy cannot be read: {error}"
    return Replayed(signed.leaf, signed.type, "reading", to_text(signed.occurred_at), outcome, detail)


def _replayed(held: Held, receipt: Event, files: Mapping[str, Mapping[str, str]], known: dict[str, Rules]) -> Replayed:
    answer = at = ""
    found: tuple[str, ...] = ()
    try:
        body = _body(receipt)
        answer, at = str(body["answer"]), str(body["at"])
        recorded, again = encoding.encode(body), _decide(held, receipt, body, files, known)
        other = body["engine"] != engine()
        if other:  # decided by other code: what it decided must still be the same
            again = encoding.encode({**encoding.decode(again), "engine": body["engine"]})
    except UndecidedError as error:
        outcome, detail = Comparison.UNDECIDED, error.message
    except RulesetError as error:
        outcome, detail = Comparison.UNDECIDED, f"this program cannot read the ruleset: {error.message}"
    except (CallerError, IntegrityError) as error:
        outcome, detail = Comparison.DIFFERS, f"from these records the rules decide nothing: {error.message}"
    except (KeyError, TypeError, ValueError) as error:
        outcome, detail = Comparison.UNDECIDED, f"its records are not of this program's domain: {error}"
    else:
        outcome = Comparison.SAME if again == recorded else Comparison.UNDECIDED if other else Comparison.DIFFERS
        if outcome is not Comparison.SAME:
            found = tuple(differences(body, encoding.decode(again))) or ("the same findings in another order",)
        detail = f"{len(recorded)} bytes, SHA-256 {sha256(recorded).hexdigest()}"
        if other and found:
            detail = (
                f"decided by other code, engine {body['engine']}: replay with the version of this program that has it"
            )
        elif other:
            detail += ", decided by other code"
    return Replayed(receipt.leaf, receipt.type, answer, at, outcome, detail, found)


def _body(receipt: Event) -> dict[str, Value]:
    body = receipt.fields["decision"]
    needed = {"answer", "at", "as_of", "known_at", "investor", "product", "sale", "amount", "fee", "ruleset", "engine"}
    if not isinstance(body, dict) or not needed <= body.keys():
        lacking = sorted(needed - body.keys()) if isinstance(body, dict) else sorted(needed)
        raise UndecidedError("bad_decision", f"the recorded decision does not say {', '.join(lacking)}")
    return body


def _decide(
    held: Held,
    receipt: Event,
    body: Mapping[str, Value],
    files: Mapping[str, Mapping[str, str]],
    known: dict[str, Rules],
) -> bytes:
    digest = str(body["ruleset"])
    if digest not in files:
        raise UndecidedError("ruleset_missing", f"the bundle lacks ruleset {digest[:12]}…", digest=digest)
    if digest not in known:
        known[digest] = rules_of(files[digest])
    as_of, known_at = moments(body)
    facts = held.facts(receipt, body)
    return canonical(known[digest].decide(facts, at=from_text(str(body["at"])), as_of=as_of, known_at=known_at))
