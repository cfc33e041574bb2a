"""What an operator could do to hide the end of a stream, with every key of the log in hand."""

from collections.abc import Callable
from dataclasses import replace

from tests.vector_source import keys
from tests.vector_source.recipe import Body, Recipe, flipped
from tests.vector_source.story import Story
from tests.vector_source.world import Log
from verifier import checkpoint, stream_map


def withheld_at_end(body: Body, _story: Story) -> None:
    body["records"].pop()


def stream_left_out(body: Body, story: Story) -> None:
    body["records"] = [e for e in body["records"] if e["record"]["stream"] != story.product_stream]


def _claim(body: Body, story: Story) -> Body:
    """Return the proof of the sale's stream."""
    return next(claim for claim in body["completeness"] if claim["stream"] == story.sale)


def changed(change: Callable[[Body], object]) -> Callable[[Body, Story], None]:
    """Change the proof of the sale's stream."""

    def apply(body: Body, story: Story) -> None:
        change(_claim(body, story))

    return apply


def of_another(body: Body, story: Story) -> None:
    """Give the investor's proof for the sale's."""
    claim, other = _claim(body, story), next(c for c in body["completeness"] if c["stream"] == story.investor_stream)
    claim |= {"newest": other["newest"], "path": other["path"]}


def of_excerpt(body: Body, story: Story) -> None:
    proof = story.log.completeness(story.operator, story.log.heads[-1][0].size)
    body["completeness"].append(stream_map.as_json(story.operator, proof))
    body["completeness"].sort(key=lambda claim: str(claim["stream"]))


def forked(body: Body, story: Story) -> None:
    """Sign another head, whose map stops before the record that is left out."""
    body["records"].pop()
    held, _ = story.log.heads[-1]
    entries = story.log.newest(held.size)
    last = next(e["record"] for e in reversed(body["records"]) if e["record"]["stream"] == story.sale)
    leaf = next(k.leaf for k in story.log.kept if k.body == last)
    entries[bytes.fromhex(story.sale)] = stream_map.Newest(last["seq"], bytes.fromhex(leaf))
    other = replace(held, map_root=stream_map.root(entries))
    body["head"] = checkpoint.sign(other, other.origin, keys.LOG)
    streams = [claim["stream"] for claim in body["completeness"]]
    body["completeness"] = [stream_map.as_json(s, stream_map.prove(entries, bytes.fromhex(s))) for s in streams]


class SaleUnmapped(Log):
    """A log whose map knows nothing of sales, signed and anchored like that."""

    def newest(self, size: int) -> dict[bytes, stream_map.Newest]:
        sales = {bytes.fromhex(k.body["stream"]) for k in self.kept if k.body["type"].startswith("sale.")}
        return {stream: newest for stream, newest in super().newest(size).items() if stream not in sales}


class SaleBehind(Log):
    """A log whose map stays at the first record of sales."""

    def newest(self, size: int) -> dict[bytes, stream_map.Newest]:
        first = {k.body["stream"]: k.leaf for k in self.kept if k.body["type"] == "sale.opened"}
        stale = {bytes.fromhex(s): stream_map.Newest(0, bytes.fromhex(leaf)) for s, leaf in first.items()}
        return super().newest(size) | stale


BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_record_withheld_at_end": (Recipe(body=withheld_at_end), "completeness", "record_withheld"),
    "bad_stream_left_out": (Recipe(body=stream_left_out), "completeness", "record_withheld"),
    "bad_map_proof": (Recipe(body=flipped("completeness.0.path.0")), "completeness", "map_root_mismatch"),
    "bad_map_seq": (Recipe(body=changed(lambda c: c["newest"].update(seq=1))), "completeness", "map_root_mismatch"),
    "bad_map_path_cut": (Recipe(body=changed(lambda c: c["path"].pop())), "completeness", "map_root_mismatch"),
    "bad_map_path_long": (Recipe(body=changed(lambda c: c["path"].insert(0, ""))), "completeness", "path_too_long"),
    "bad_map_zeros": (Recipe(body=changed(lambda c: c["path"].append("0" * 64))), "file", "bad_member"),
    "bad_map_other_stream": (Recipe(body=of_another), "completeness", "map_root_mismatch"),
    "bad_map_absent": (Recipe({"log_type": SaleUnmapped}), "completeness", "stream_absent"),
    "bad_map_behind": (Recipe({"log_type": SaleBehind}), "completeness", "other_newest"),
    "bad_map_missing": (Recipe(body=lambda b, _: b["completeness"].pop()), "completeness", "completeness_missing"),
    "bad_map_excerpt": (Recipe(body=of_excerpt), "completeness", "completeness_unasked"),
    "bad_map_order": (
        Recipe(body=lambda b, _: b["completeness"].reverse()),
        "completeness",
        "completeness_out_of_order",
    ),
    "bad_map_forked": (Recipe(body=forked), "anchors", "event_missing"),
}
