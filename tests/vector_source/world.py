"""A log that holds one sale among other records, and the bundle that proves it."""

import base64
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.vector_source import asn1, chain, keys
from verifier import bundle, canonical, checkpoint, cosignature, digests, disclosure, merkle, record, stream_map

ORIGIN = "vectors.example/log"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Patch = Callable[[dict[str, Any]], None]


def text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Kept:
    """One record of the sale as the log keeps it."""

    index: int
    body: dict[str, Any]
    disclosures: list[list[Any]]
    leaf: str


@dataclass
class Log:
    """Appends records at a clock that only this program moves."""

    seed: str
    now: datetime = START
    patches: dict[str, Patch] = field(default_factory=dict)
    leaves: list[tuple[bytes, bytes]] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    """Stream and seq of each leaf."""
    kept: list[Kept] = field(default_factory=list)
    heads: list[tuple[checkpoint.Checkpoint, datetime]] = field(default_factory=list)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.last: dict[str, tuple[int, str]] = {}

    def hex(self, count: int) -> str:
        return self.random.randbytes(count).hex()

    def pass_time(self, **length: int) -> None:
        self.now += timedelta(**length)

    def document(self, content: bytes, role: str, *, enclosed: bool = True) -> dict[str, Any]:
        found = digests.digests(content)
        if enclosed:
            self.documents[found.sha256] = {
                "sha256": found.sha256,
                "media_type": "application/pdf",
                "content": base64.b64encode(content).decode("ascii"),
            }
        named = {"bytes": found.bytes, "media_type": "application/pdf", "role": role}
        return named | {"sha256": found.sha256, "sm3": found.sm3}

    def append(
        self,
        kind: str,
        stream: str,
        actor: tuple[str, str],
        fields: dict[str, Any],
        *,
        refs: dict[str, str] | list[tuple[str, str]] | None = None,
        documents: list[dict[str, Any]] | None = None,
    ) -> Kept:
        self.pass_time(seconds=7)
        named = list(refs.items()) if isinstance(refs, dict) else refs or []
        seq, prev = self.last.get(stream, (-1, record.ZERO))
        disclosures = [[self.hex(16), name, value] for name, value in fields.items()]
        body: dict[str, Any] = {
            "v": 1,
            "type": kind,
            "id": self._uuid7(),
            "stream": stream,
            "seq": seq + 1,
            "prev": prev,
            "occurred_at": text(self.now),
            "recorded_at": text(self.now),
            "actor": {"id": actor[0], "role": actor[1]},
            "refs": [{"leaf": leaf, "role": role} for role, leaf in named],
            "fields": {name: disclosure.commitment(salt, name, value) for salt, name, value in disclosures},
            "documents": documents or [],
        }
        if kind in self.patches:
            self.patches[kind](body)
        data = canonical.encode(body)
        kept = Kept(len(self.leaves), body, disclosures, merkle.SHA256.leaf(data).hex())
        self.leaves.append((merkle.SHA256.leaf(data), merkle.SM3.leaf(data)))
        self.places.append((stream, seq + 1))
        self.kept.append(kept)
        self.last[stream] = (seq + 1, kept.leaf)
        return kept

    def filler(self, count: int) -> None:
        """Let other people's records pass."""
        for _ in range(count):
            data = self.random.randbytes(40)
            self.leaves.append((merkle.SHA256.leaf(data), merkle.SM3.leaf(data)))
            self.places.append((digests.sha256(data).hex(), 0))

    def seal(self) -> None:
        """Sign a head over everything so far."""
        self.pass_time(seconds=1)
        self.heads.append((self.head(len(self.leaves)), self.now))

    def head(self, size: int) -> checkpoint.Checkpoint:
        sha256, sm3 = (merkle.root(s, [leaf[i] for leaf in self.leaves[:size]]) for i, s in enumerate(merkle.SUITES))
        return checkpoint.Checkpoint(ORIGIN, size, sha256, sm3, self.map(size))

    def newest(self, size: int) -> dict[bytes, stream_map.Newest]:
        """Return every stream's newest record among the first ``size``."""
        found = zip(self.places[:size], self.leaves[:size], strict=True)
        return {bytes.fromhex(stream): stream_map.Newest(seq, leaf) for (stream, seq), (leaf, _) in found}

    def map(self, size: int) -> bytes:
        return stream_map.root(self.newest(size))

    def completeness(self, stream: str, size: int) -> stream_map.Proof:
        return stream_map.prove(self.newest(size), bytes.fromhex(stream))

    def inclusion(self, index: int, size: int) -> dict[str, list[str]]:
        return self._paths(lambda suite, leaves: merkle.inclusion_path(suite, leaves, index, size))

    def consistency(self, old: int, new: int) -> dict[str, list[str]]:
        return self._paths(lambda suite, leaves: merkle.consistency_path(suite, leaves, old, new))

    def _paths(self, path: Callable[[merkle.Suite, list[bytes]], list[bytes]]) -> dict[str, list[str]]:
        return {
            suite.name: [node.hex() for node in path(suite, [leaf[i] for leaf in self.leaves])]
            for i, suite in enumerate(merkle.SUITES)
        }

    def _uuid7(self) -> str:
        milliseconds = int(self.now.timestamp() * 1000)
        value = milliseconds << 80 | 7 << 76 | self.random.getrandbits(12) << 64 | 2 << 62 | self.random.getrandbits(62)
        digits = f"{value:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def whole(log: Log, sale: str) -> list[str]:
    """Return the streams of which a bundle holds everything, and those that the sale's opening names."""
    found = {k.body["stream"] for k in log.kept if not k.body["type"].startswith(("institution.", "clock."))}
    for kept in log.kept:
        if kept.body["type"] == "sale.opened" and kept.body["stream"] == sale:
            found |= {str(value) for _, name, value in kept.disclosures if name in {"investor", "product"}}
    return sorted(stream for stream in found if re.fullmatch("[0-9a-f]{64}", stream))


def assemble(log: Log, sale: str, *, anchors: bool = True, timestamps: bool = True) -> dict[str, Any]:
    """Return the bundle of a sale, not yet sealed; the last head is the one that all proofs lead to."""
    head, at = log.heads[-1]
    files = {"cn/example/art1_minimum.toml": 'amount = "1000000"\n', "units.toml": "[units]\n"}
    previous = [0, *(h.size for h, _ in log.heads)]
    return {
        "v": 1,
        "kind": "pfl-evidence",
        "origin": ORIGIN,
        "subject": {"kind": "sale", "stream": sale},
        "created_at": text(log.now),
        "stand_ins": ["ca:development", "chain:embedded", "clock:simulated", "tsa:development"],
        "records": [
            {
                "index": kept.index,
                "record": kept.body,
                "disclosures": kept.disclosures,
                "inclusion": log.inclusion(kept.index, head.size),
            }
            for kept in log.kept
        ],
        "head": cosigned(head, at, "custodian.example/witness", "manager.example/witness"),
        "checkpoints": [
            {"note": checkpoint.sign(old, ORIGIN, keys.LOG), "consistency": log.consistency(old.size, head.size)}
            for old, _ in log.heads[:-1]
        ],
        "completeness": [
            stream_map.as_json(stream, log.completeness(stream, head.size)) for stream in whole(log, sale)
        ],
        "anchors": [
            chain.anchor(held, previous[i], 100 + i, at + timedelta(seconds=2))
            for i, (held, at) in enumerate(log.heads if anchors else [])
        ],
        "timestamps": [
            {"kind": "rfc3161", "over": "checkpoint", "size": held.size, "token": stamp(held, at).hex()}
            for held, at in (log.heads if timestamps else [])
        ],
        "documents": list(log.documents.values()),
        "certificates": {
            "roots": [keys.ROOT.certificate.public_bytes(Encoding.DER).hex()],
            "timestamp_roots": [keys.TSA_ROOT.certificate.public_bytes(Encoding.DER).hex()],
            "sm2_roots": [],
        },
        "keys": {
            "log": checkpoint.vkey(ORIGIN, keys.LOG.public_key()),
            "seal": keys.SEAL.public_key().public_bytes_raw().hex(),
            "witnesses": [cosignature.vkey(name, key.public_key()) for name, key in keys.WITNESSES.items()],
        },
        "rulesets": [{"digest": digests.sha256(canonical.encode(files)).hex(), "files": files}],
    }


def cosigned(held: checkpoint.Checkpoint, at: datetime, *names: str) -> str:
    """Sign a head as the log, then let these witnesses cosign it two seconds later."""
    time = int((at + timedelta(seconds=2)).timestamp())
    lines = [cosignature.sign(held, name, keys.WITNESSES[name], time) for name in names]
    return cosignature.add(checkpoint.sign(held, held.origin, keys.LOG), lines)


def stamp(held: checkpoint.Checkpoint, at: datetime, by: asn1.Identity = keys.TSA) -> bytes:
    return asn1.token(by, digests.sha256(held.body().encode()), at + timedelta(seconds=3), held.size)


def sealed(body: dict[str, Any]) -> bytes:
    """Seal a bundle; whatever was changed in it before is under the seal."""
    body["seal"] = keys.SEAL.sign(bundle.seal_digest(body)).hex()
    return canonical.encode(body)
