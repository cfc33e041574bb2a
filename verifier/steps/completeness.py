"""That nothing of a stream was left out at its end: the stream map under the head names each stream's newest record."""

from verifier import stream_map
from verifier.errors import VerificationError
from verifier.record import Record
from verifier.steps.case import Case, Found, at, place
from verifier.stream_map import Newest, Other


def completeness(case: Case) -> Found:
    """Step 9."""
    last = {now.stream: now for _, now in case.records}
    proven: list[str] = []
    for number, (stream, proof) in enumerate(case.bundle.completeness):
        with at(f"completeness[{number}]", stream=stream):
            if proven and stream <= proven[-1]:
                raise VerificationError("completeness_out_of_order", "the proofs are not in the order of their streams")
            stream_map.verify(bytes.fromhex(stream), proof, case.head.map_root)
            _ends_with(last.get(stream), proof.end)
        proven.append(stream)
    needed = case.whole | _parties(case)
    if missing := sorted(needed - set(proven)):
        raise VerificationError(
            "completeness_missing", f"nothing proves that stream {missing[0][:8]}… is whole", streams=missing
        )
    if strange := sorted(set(proven) - needed):
        raise VerificationError(
            "completeness_unasked", f"stream {strange[0][:8]}… is an excerpt or none of the sale's", streams=strange
        )
    counts = {stream: last[stream].seq + 1 for stream in proven if stream in last}
    sentence = f"{len(counts)} streams are here to their last record under the head"
    return sentence, {"size": case.head.size, "whole": counts, "empty": sorted(needed - counts.keys())}


def _parties(case: Case) -> set[str]:
    """Return the streams of the sale's investor and product, as its opening discloses them."""
    opened = case.of("sale.opened", stream=case.bundle.subject)
    return {str(value) for now in opened for value in case.fields(now, "investor", "product")}


def _ends_with(last: Record | None, end: Newest | Other | None) -> None:
    """Compare the last record that is here with the newest that the map names."""
    if not isinstance(end, Newest):
        if last is not None:
            raise VerificationError("stream_absent", f"the map holds nothing of the stream of {place(last)}")
        return
    here = -1 if last is None else last.seq
    if end.seq > here:
        raise VerificationError(
            "record_withheld",
            f"the stream goes on to seq {end.seq} and the bundle only to {here}: its end was left out",
            newest=end.leaf.hex(),
            seq=end.seq,
        )
    if last is None or (end.seq, end.leaf.hex()) != (last.seq, last.leaf_sha256):
        raise VerificationError(
            "other_newest",
            f"the map names another newest record of the stream, at seq {end.seq}",
            newest=end.leaf.hex(),
        )
