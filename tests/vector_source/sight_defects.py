"""Vectors of witnesses' cosignatures that the chain took, and what can be wrong there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.vector_source import chain
from tests.vector_source.recipe import Body, Recipe, edit
from tests.vector_source.story import Story
from verifier.checkpoint import Checkpoint

CUSTODIAN, REGULATOR = (bytes([mark]) * 20 for mark in (0xC1, 0xC2))


def seen(
    *witnesses: bytes,
    head: int = -1,
    held: Callable[[Checkpoint], Checkpoint] = lambda c: c,
    contract: bytes = chain.CONTRACT,
    times: int = 1,
) -> Callable[[Body, Story], None]:
    """Add blocks in which these accounts cosigned a head; ``held`` is what they cosigned instead."""

    def change(body: Body, story: Story) -> None:
        sealed, sealed_at = story.log.heads[head]
        for number, witness in enumerate(witnesses):
            at = sealed_at + timedelta(seconds=5 + number)
            block = chain.cosigned(held(sealed), witness, 300 + number, at, contract=contract, times=times)
            body["anchors"].append(block)

    return change


def _all(*changes: Callable[[Body, Story], None]) -> Callable[[Body, Story], None]:
    def change(body: Body, story: Story) -> None:
        for each in changes:
            each(body, story)

    return change


def _said(**members: object) -> Callable[[Body, Story], None]:
    def change(body: Body, _story: Story) -> None:
        body["anchors"][-1].update(members)

    return change


def _first(body: Body, _story: Story) -> None:
    body["anchors"].insert(0, body["anchors"].pop())


def _between(body: Body, _story: Story) -> None:
    body["anchors"].insert(-1, body["anchors"].pop())


def _again(body: Body, _story: Story) -> None:
    body["anchors"].append(body["anchors"][-1])


GOOD = {
    "good/seen_on_chain": Recipe(body=seen(CUSTODIAN, REGULATOR)),
    "good/seen_on_chain_earlier": Recipe(body=_all(seen(CUSTODIAN, head=0), seen(REGULATOR))),
    "good/seen_on_chain_alone": Recipe(body=_all(edit("keys.witnesses", []), seen(CUSTODIAN))),
}
BAD = {
    "bad_seen_witness": (
        Recipe(body=_all(seen(CUSTODIAN), _said(witness=REGULATOR.hex()))),
        "anchors",
        "event_missing",
    ),
    "bad_seen_root": (
        Recipe(body=seen(CUSTODIAN, held=lambda head: replace(head, map_root=head.sha256_root))),
        "anchors",
        "event_missing",
    ),
    "bad_seen_events": (Recipe(body=seen(CUSTODIAN, times=2)), "anchors", "event_missing"),
    "bad_seen_size": (Recipe(body=_all(seen(CUSTODIAN), _said(size=1))), "anchors", "checkpoint_missing"),
    "bad_seen_contract": (Recipe(body=seen(CUSTODIAN, contract=chain.REGISTRY)), "anchors", "cosigned_elsewhere"),
    "bad_seen_chain": (Recipe(body=_all(seen(CUSTODIAN), _said(chain_id=1))), "anchors", "cosigned_elsewhere"),
    "bad_seen_twice": (Recipe(body=_all(seen(CUSTODIAN), _again)), "anchors", "anchor_twice"),
    "bad_seen_first": (Recipe(body=_all(seen(CUSTODIAN), _first)), "anchors", "cosigned_elsewhere"),
    "bad_seen_order": (Recipe(body=_all(seen(CUSTODIAN, head=0), _between)), "anchors", "anchors_out_of_order"),
    "bad_seen_account": (Recipe(body=_all(seen(CUSTODIAN), _said(witness="c1"))), "anchors", "bad_hex"),
}
