"""What a verification says: one line a step, three-valued, with the evidence and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Outcome(StrEnum):
    """A step's answer. Missing evidence is neither of the first two."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


class Basis(StrEnum):
    """What you still have to believe when a step holds."""

    BYTES = "bytes"
    OPERATOR = "operator"
    SELF_ASSERTED = "self-asserted"
    VALIDATORS = "validators"
    AUTHORITY = "authority"
    PINNED = "pinned"


BASIS_TEXT: Mapping[Basis, tuple[str, str]] = MappingProxyType(
    {
        Basis.BYTES: ("follows from the bytes of this file alone", "仅由本文件字节即可得出"),
        Basis.OPERATOR: ("rests on the operator's key in this file", "依赖文件内运营机构的密钥"),
        Basis.SELF_ASSERTED: ("rests on a chain that one party runs", "依赖单方运行的链(自行声明)"),
        Basis.VALIDATORS: (
            "rests on two thirds of the validators that you pinned",
            "依赖您所固定的验证节点中至少三分之二",
        ),
        Basis.AUTHORITY: ("rests on the authorities whose roots are in this file", "依赖文件内所列证书与时间戳机构"),
        Basis.PINNED: ("rests on keys that you brought yourself", "依赖您自行持有的密钥"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the recipe with its outcome. ``detail`` is a sentence; ``evidence`` is for programs."""

    number: int
    key: str
    title_en: str
    title_zh: str
    outcome: Outcome
    basis: Basis
    detail: str
    code: str = ""
    evidence: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "number": self.number,
            "key": self.key,
            "title": {"en": self.title_en, "zh": self.title_zh},
            "outcome": self.outcome.value,
            "basis": self.basis.value,
            "detail": self.detail,
            "code": self.code,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All steps in order. ``bundle_sha256`` names the evidence that was checked; ``None`` when there was none."""

    steps: tuple[Step, ...]
    bundle_sha256: str | None = None

    @property
    def verdict(self) -> Outcome:
        """One false step makes all false; one undecided step leaves all undecided."""
        outcomes = {step.outcome for step in self.steps}
        if Outcome.FAILS in outcomes:
            return Outcome.FAILS
        return Outcome.UNDECIDED if Outcome.UNDECIDED in outcomes else Outcome.HOLDS

    @property
    def exit_code(self) -> int:
        """0 all steps hold, 1 something is false, 2 something cannot be decided."""
        return {Outcome.HOLDS: 0, Outcome.FAILS: 1, Outcome.UNDECIDED: 2}[self.verdict]

    @property
    def first_problem(self) -> Step | None:
        """The first step that fails, else the first that is undecided."""
        for outcome in (Outcome.FAILS, Outcome.UNDECIDED):
            for step in self.steps:
                if step.outcome is outcome:
                    return step
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "verdict": self.verdict.value,
            "exit_code": self.exit_code,
            "bundle_sha256": self.bundle_sha256,
            "steps": [step.as_json() for step in self.steps],
        }
