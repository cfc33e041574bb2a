"""Wire models of the operator: keys, health, the development clock."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, Strict

from api.schemas.base import EXAMPLE_INSTANT, EXAMPLE_LEAF, EXAMPLE_SHA256, Name, Out, Wire, example

_KEY = {
    "key": "0a1b2c3d4e5f6071",
    "label": "王-合规",
    "staff": "7d" * 16,
    "duty": "compliance",
    "issued_at": EXAMPLE_INSTANT,
    "revoked_at": None,
}
StaffDuty = Literal["sales", "certifier", "assessor", "visitor", "compliance", "auditor", "admin"]


class KeyRequest(Wire):
    """A key for a new staff member, with one duty."""

    model_config = example(duty="certifier", label="second reviewer")

    duty: StaffDuty
    label: Name


class KeyOut(Out):
    """A key without its secret."""

    model_config = example(**_KEY)

    key: str
    label: str
    staff: str
    duty: StaffDuty
    issued_at: str
    revoked_at: str | None


class KeyIssued(KeyOut):
    """A key with its secret, shown this once."""

    model_config = example(**_KEY, secret="pfl_…")  # noqa: S106 - an example

    secret: str


class KeyPage(Out):
    """All keys."""

    model_config = example(items=[_KEY], next=None)

    items: list[KeyOut]
    next: str | None


class Advance(Wire):
    """How far to move the simulated clock."""

    model_config = example(seconds=86400)

    seconds: Annotated[int, Strict(), Field(ge=1, le=366 * 24 * 3600)]


class Advanced(Out):
    """The simulated clock's present instant. The evidence will say that this time did not pass."""

    model_config = example(now=EXAMPLE_INSTANT, notice="simulated clock: this passage of time did not take place")

    now: str
    notice: str


class StandInAct(Wire):
    """What a stand-in of the institution's people is to do for the calling investor."""

    model_config = example(act="certify")

    act: Literal["offer", "certify", "seal", "pay", "pass_time", "visit"]


class StandInDone(Out):
    """What was done, as the service of that duty answered it."""

    model_config = example(act="certify", stand_in=True, done={"record": EXAMPLE_LEAF})

    act: str
    stand_in: bool
    done: dict[str, Any]


class DevelopmentCode(Out):
    """The last one-time code, from the development outbox."""

    model_config = example(code="483920", stand_in="development outbox")

    code: str
    stand_in: str


class Health(Out):
    """How far anchoring is behind, what the chain says, which parts are development stand-ins.

    A chain that does not answer is told at once. One that answers but makes no blocks is seen by `block_age_seconds` at
    once, where it makes them all the time, and by `status` when a record has waited for more than a minute.
    """

    model_config = example(
        status="ok",
        records=128,
        anchored=128,
        backlog=0,
        oldest_unanchored_seconds=0,
        anchoring={
            "running": True,
            "problem": None,
            "sealed": 128,
            "waiting": {"sealed": 0, "submitted": 0, "mined": 0},
            "final_lag_seconds": 0,
            "left_out": 0,
        },
        timestamps=[
            {
                "authority": "national-time",
                "stand_in": False,
                "stamped": 128,
                "last": EXAMPLE_INSTANT,
                "problem": None,
            },
        ],
        chain={
            "reachable": True,
            "kind": "embedded",
            "chain_id": 7366252,
            "block": 42,
            "block_time": EXAMPLE_INSTANT,
            "block_age_seconds": 3,
            "trust": "self-asserted",
            "problem": None,
            "clock_behind_seconds": 0,
        },
        witnesses={
            "configured": 3,
            "quorum": 2,
            "cosigned": 3,
            "size": 128,
            "on_chain": {"size": 128, "cosigned": 1},
            "problems": [],
        },
        clock={"now": EXAMPLE_INSTANT, "simulated": True},
        ruleset=EXAMPLE_SHA256,
        stand_ins=["clock:simulated", "ca:development"],
    )

    status: Literal["ok", "degraded", "broken"]
    records: int
    anchored: int
    backlog: int
    oldest_unanchored_seconds: int
    anchoring: dict[str, Any]
    timestamps: list[dict[str, Any]]
    chain: dict[str, Any]
    witnesses: dict[str, Any]
    clock: dict[str, Any]
    ruleset: str
    stand_ins: list[str]


class QuestionnaireOut(Out):
    """A versioned questionnaire: questions with their options, no scores."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "questionnaire": "natural-person",
                    "version": "1",
                    "questions": [
                        {"id": "1", "zh": "您的年龄", "en": "Your age", "options": [{"id": "A", "zh": "60 岁以上"}]}
                    ],
                }
            ]
        },
    )

    questionnaire: str
    version: str
    questions: list[dict[str, Any]]
