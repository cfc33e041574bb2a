"""Pull mode: the witness asks the operator's service itself, and holds other witnesses' heads against its own."""

import json
import logging
import time
from pathlib import Path
from typing import Any, Final

import httpx

from ledger.errors import OperatorError
from ledger.witness.directory import WatchedLog
from ledger.witness.fetching import TooLongError, fetch
from ledger.witness.judging import RefusedError, Witness
from ledger.witness.wire import Submission, origin_hash
from verifier import checkpoint, merkle
from verifier.errors import VerifierError

SECONDS: Final = 10.0
_OK = 200
_log = logging.getLogger(__name__)


class Follower:
    """Asks the services that ``witness.toml`` names."""

    def __init__(self, witness: Witness, client: httpx.Client | None = None) -> None:
        """``client`` is made unless given."""
        self._witness = witness
        self._client = client or httpx.Client(timeout=SECONDS, trust_env=False)

    def follow_all(self) -> None:
        """Ask every log with an address once; what goes wrong is logged and does not stop the others."""
        for log in self._witness.directory.logs.values():
            if log.url is not None:
                try:
                    self.follow(log)
                except (OperatorError, RefusedError) as error:
                    _log.warning("%s: %s", log.origin, error.message)
                    if isinstance(error, RefusedError) and error.proof is not None:
                        _log.error("THE LOG HAS FORKED: the proof is in %s; check it with pfl verify", error.proof)

    def follow(self, log: WatchedLog) -> str:
        """Fetch the newest checkpoint and its proofs and cosign it; return our line.

        `RefusedError` when it is not to be cosigned, `OperatorError` when the service does not answer as it should.
        """
        note = str(self._json(log, "/v1/checkpoints/latest").get("note"))
        with self._witness.book.reading() as page:
            before = page.latest(log.origin)
        old = 0 if before is None else before.checkpoint.size
        try:
            size = checkpoint.open_note(note, {log.vkey}).size
        except VerifierError as error:
            raise OperatorError(f"the service's newest checkpoint is not one of this log: {error.message}") from error
        if size < old:
            raise RefusedError(
                409, f"the service ends at {size} records, {old} were cosigned: was an old backup restored?", size=old
            )
        return self._witness.add(self._submission(log, note, old, size), int(time.time()))

    def compare(self, log: WatchedLog, url: str) -> Path | None:
        """Fetch another witness's newest head and hold it against ours; return the proof of a fork, if it shows one.

        Where sizes differ the log is asked how the larger tree holds the smaller; `OperatorError` if it cannot tell.
        """
        note = self._get(f"{url.rstrip('/')}/{origin_hash(log.origin)}/checkpoint", {})
        try:
            theirs = checkpoint.open_note(note, {log.vkey}).size
        except VerifierError as error:
            raise OperatorError(f"{url} does not serve a checkpoint of this log: {error.message}") from error
        with self._witness.book.reading() as page:
            ours = page.at(log.origin, theirs) or page.latest(log.origin)
        if ours is None or ours.checkpoint.size == theirs:
            return self._witness.compare(log, note)
        old, new = sorted((ours.checkpoint.size, theirs))
        told = self._submission(log, note, old, new)
        first: tuple[bytes | None, ...] = told.old_roots if merkle.complete(old) and told.old_roots else (None, None)
        paths = {
            suite.name: [*([root] if root else []), *path]
            for suite, root, path in zip(merkle.SUITES, first, (told.sha256, told.sm3 or ()), strict=True)
        }
        return self._witness.compare(log, note, paths)

    def _submission(self, log: WatchedLog, note: str, old: int, new: int) -> Submission:
        if not 0 < old < new:
            return Submission(old, (), note, ())
        told = self._json(log, f"/v1/checkpoints/consistency?old={old}&new={new}")
        try:
            sha256, sm3 = (tuple(bytes.fromhex(node) for node in told["proof"][name]) for name in ("sha256", "sm3"))
            roots = bytes.fromhex(told["old_roots"]["sha256"]), bytes.fromhex(told["old_roots"]["sm3"])
        except (KeyError, TypeError, ValueError) as error:
            raise OperatorError("the service's consistency proof is not of the form") from error
        return Submission(old, sha256, note, sm3, roots)

    def _json(self, log: WatchedLog, path: str) -> dict[str, Any]:
        if log.url is None:
            raise OperatorError(f"{log.origin} has no url in witness.toml: write there where its service is")
        try:
            found = json.loads(self._get(f"{log.url}{path}", {"authorization": f"Bearer {log.token}"}))
        except ValueError as error:
            raise OperatorError(f"{log.url} answers something else than JSON") from error
        if not isinstance(found, dict):
            raise OperatorError(f"{log.url} answers something else than an object")
        return found

    def _get(self, url: str, headers: dict[str, str]) -> str:
        try:
            answer = fetch(self._client, "GET", url, headers=headers)
        except (httpx.HTTPError, TooLongError) as error:
            raise OperatorError(f"{url} does not answer as it should ({type(error).__name__})") from error
        if answer.status != _OK:
            raise OperatorError(f"{url} answers {answer.status}")
        return answer.text
