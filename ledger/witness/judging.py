"""What a witness does with a checkpoint: check everything, remember it, then sign (C2SP tlog-witness, in its order)."""

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.errors import LedgerError
from ledger.ports.anchor import WitnessSignature
from ledger.witness import on_chain
from ledger.witness.book import Book, Head, Page
from ledger.witness.directory import FORKS, Directory, WatchedLog
from ledger.witness.wire import SM3_HEADER, Submission, origin_hash
from verifier import checkpoint, cosignature, fork, merkle
from verifier.checkpoint import Checkpoint
from verifier.errors import MalformedError, VerificationError, VerifierError

BAD_REQUEST: Final = 400
UNKNOWN_KEY: Final = 403
UNKNOWN_LOG: Final = 404
STALE: Final = 409
INCONSISTENT: Final = 422
MAX_FORKS: Final = 1000


class RefusedError(LedgerError):
    """The checkpoint is not cosigned. ``status`` is C2SP's; ``size`` the witness's own with 409."""

    code = "not_cosigned"

    def __init__(self, status: int, message: str, *, size: int | None = None, proof: Path | None = None) -> None:
        """``proof`` is the fork proof that was written."""
        super().__init__(message)
        self.status = status
        self.size = size
        self.proof = proof


class Witness:
    """One directory's key and book. Threads and processes may use it at once."""

    def __init__(self, directory: Directory, book: Book) -> None:
        """``book`` is the directory's."""
        self.directory = directory
        self.book = book

    def add(self, submission: Submission, now: int) -> str:
        """Return our signature line for a checkpoint that continues what we know; `RefusedError`.

        ``now`` is POSIX seconds. The head is on the disk before anything is signed, with the time that is signed; so
        whoever asks again after a crash gets the same line, or is told our size.
        """
        return self._line(self._kept(submission, now)[1])

    def answer(self, submission: Submission, now: int) -> tuple[str, WitnessSignature | None]:
        """Return what `add` returns, and a cosignature for the chain that ``witness.toml`` names for this log, if any.

        The contract anchors no log without records.
        """
        log, kept = self._kept(submission, now)
        head, key = kept.checkpoint, self.directory.chain_key
        if log.chain is None or key is None or head.size == 0:
            return self._line(kept), None
        return self._line(kept), on_chain.cosign(key, log.chain, head, kept.time)

    def _kept(self, submission: Submission, now: int) -> tuple[WatchedLog, Head]:
        """Return what is on the disk now and may be signed."""
        log, head, note = self._opened(submission)
        if submission.old > head.size:
            raise RefusedError(BAD_REQUEST, f"the old size {submission.old} is above the checkpoint's, {head.size}")
        with self.book.writing() as page:
            before = page.latest(log.origin)
            known = 0 if before is None else before.checkpoint.size
            refusal = self._refusal(page, log, submission, head, note, known)
            if refusal is None:
                kept = page.keep(log.origin, Head(note, now))
        if refusal is not None:
            raise refusal
        return log, kept

    def latest(self, log: WatchedLog) -> str | None:
        """Return the largest head of a log as a note with the log's signature and ours."""
        with self.book.reading() as page:
            head = page.latest(log.origin)
        return None if head is None else self._cosigned(head)

    def forks(self, log: WatchedLog) -> list[Path]:
        """Return the fork proofs about a log."""
        return sorted((self.directory.root / FORKS).glob(f"{origin_hash(log.origin)[:16]}-*.json"))

    def compare(self, log: WatchedLog, note: str, paths: Mapping[str, Sequence[bytes]] | None = None) -> Path | None:
        """Hold another's note of this log against ours; return the fork proof, ``None`` if they are of one history.

        ``paths`` show, where sizes differ, how the larger tree holds the smaller's leaves (first nodes written out).
        `RefusedError` if they show neither: then the log cannot say how its heads belong together.
        """
        theirs = checkpoint.open_note(note, {log.vkey})
        with self.book.reading() as page:
            ours = page.at(log.origin, theirs.size) or page.latest(log.origin)
        if ours is None or ours.checkpoint == theirs:
            return None
        small, large = sorted((ours.checkpoint, theirs), key=lambda head: head.size)
        if small.size < large.size and _continues(small, large, paths or {}):
            return None
        proof = self._proof(log, ours, note, paths)
        if proof is None:
            message = f"the log does not show how its heads of {small.size} and {large.size} records belong together"
            raise RefusedError(INCONSISTENT, message)
        return proof

    def _opened(self, submission: Submission) -> tuple[WatchedLog, Checkpoint, str]:
        """Return log, checkpoint, and the note with the log's own signatures only."""
        try:
            text, lines = checkpoint.split(submission.note)
            log = self.directory.logs.get(checkpoint.parse_body(text).origin)
        except MalformedError as error:
            raise RefusedError(BAD_REQUEST, error.message) from error
        if log is None:
            raise RefusedError(UNKNOWN_LOG, "this witness does not follow a log of that origin")
        try:
            head = checkpoint.open_note(submission.note, {log.vkey})
        except VerificationError as error:
            raise RefusedError(UNKNOWN_KEY, error.message) from error
        name, identity, _ = checkpoint.parse_vkey(log.vkey)
        own = dict.fromkeys(
            checkpoint.line(line.name, line.key_id + line.signature)
            for line in lines
            if (line.name, line.key_id) == (name, identity)
        )
        return log, head, text + "\n" + "".join(own)

    def _refusal(
        self, page: Page, log: WatchedLog, submission: Submission, head: Checkpoint, note: str, known: int
    ) -> RefusedError | None:
        """Say why not. A contradiction is proven and written down whatever the answer is."""
        same = page.at(log.origin, head.size)
        if same is not None and same.checkpoint != head:
            proof = self._proof(log, same, note)
            status = STALE if submission.old != known else INCONSISTENT
            return RefusedError(
                status, f"another head of {head.size} records was cosigned before", size=known, proof=proof
            )
        try:
            self._consistent(page, log, submission, head)
        except VerificationError as error:
            proof = self._from_submission(page, log, submission, note)
            if submission.old == known:
                return RefusedError(INCONSISTENT, error.message, proof=proof)
            return RefusedError(STALE, f"the last head cosigned here is of {known} records", size=known, proof=proof)
        if submission.old != known:
            return RefusedError(STALE, f"the last head cosigned here is of {known} records", size=known)
        return None

    @staticmethod
    def _consistent(page: Page, log: WatchedLog, submission: Submission, head: Checkpoint) -> None:
        """Check that the checkpoint continues the head of the old size, if we know one."""
        if head.size == 0 and head.roots[:2] != tuple(suite.empty for suite in merkle.SUITES):
            raise VerificationError("root_mismatch", "a log without records has the root of the empty tree")
        if submission.old == 0:
            if submission.sha256 or submission.sm3:
                raise VerificationError("path_too_long", "the empty tree needs no proof")
            return
        old = page.at(log.origin, submission.old)
        if old is None:
            return  # then the old size is not our last one either
        sm3 = () if submission.sm3 is None and submission.old == head.size else submission.sm3
        if sm3 is None:
            raise VerificationError("sm3_proof_missing", f"the header {SM3_HEADER} is missing: both trees are checked")
        roots = zip(old.checkpoint.roots, head.roots, strict=True)
        for suite, path, (old_root, new_root) in zip(
            merkle.SUITES, (submission.sha256, sm3), roots, strict=False
        ):  # the stream map has no consistency: its roots stand for themselves
            merkle.verify_consistency(suite, submission.old, head.size, path, old_root, new_root)

    def _from_submission(self, page: Page, log: WatchedLog, submission: Submission, note: str) -> Path | None:
        """Prove a fork from the proofs that the log sent itself, as far as they lead to the root that it signed."""
        old = page.at(log.origin, submission.old)
        if old is None or submission.sm3 is None:
            return None
        roots = submission.old_roots if merkle.complete(submission.old) else None
        if merkle.complete(submission.old) and roots is None:
            return None  # the path leaves its first node out, and the log does not tell it
        head = checkpoint.parse_body(checkpoint.split(note)[0])
        paths: dict[str, Sequence[bytes]] = {}
        for number, (suite, path) in enumerate(zip(merkle.SUITES, (submission.sha256, submission.sm3), strict=True)):
            nodes = path if roots is None else (roots[number], *path)
            with suppress(VerificationError):
                if merkle.prefix_roots(suite, submission.old, head.size, nodes)[1] == head.roots[number]:
                    paths[suite.name] = nodes
        return self._proof(log, old, note, paths)

    def _proof(
        self, log: WatchedLog, ours: Head, note: str, paths: Mapping[str, Sequence[bytes]] | None = None
    ) -> Path | None:
        try:
            made = fork.make(log.vkey, self._cosigned(ours), note, [self.directory.vkey], paths)
        except VerifierError:
            return None
        folder = self.directory.root / FORKS
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"{origin_hash(log.origin)[:16]}-{sha256(note.encode()).hexdigest()[:16]}.json"
        if not target.exists() and len(list(folder.iterdir())) < MAX_FORKS:
            write_durably(target, made)
        return target

    def _cosigned(self, head: Head) -> str:
        return cosignature.add(head.note, [self._line(head)])

    def _line(self, head: Head) -> str:
        return cosignature.sign(head.checkpoint, self.directory.name, self.directory.key, head.time)


def _continues(small: Checkpoint, large: Checkpoint, paths: Mapping[str, Sequence[bytes]]) -> bool:
    """Tell whether both trees of the larger head hold the smaller one's leaves."""
    for suite, *roots in zip(merkle.SUITES, small.roots, large.roots, strict=False):
        try:
            reached = merkle.prefix_roots(suite, small.size, large.size, paths.get(suite.name, ()))
        except VerificationError:
            return False
        if reached != tuple(roots):
            return False
    return True


def write_durably(target: Path, content: bytes) -> None:
    """Write a file so that it is whole or absent after a power cut."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
