"""A timestamp authority over HTTP (RFC 3161 §3.4). Its answer is checked as a verifier will check it, then kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

import httpx
from asn1crypto import algos, cms, core, tsp
from cryptography import x509

from ledger.errors import OperatorError
from verifier import timestamp
from verifier.cms import MAX_CMS
from verifier.errors import UndecidedError, VerifierError

TIMEOUT_SECONDS: Final = 10.0
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_OK: Final = 200


class _Reply(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """TimeStampResp; asn1crypto's own wants a token even in a refusal."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


@dataclass(frozen=True, slots=True)
class HttpTSA:
    """`TimestampAuthority` port. ``policy`` is the object identifier to ask for, if any; ``roots`` are PEM."""

    name: str
    url: str
    roots: tuple[str, ...]
    policy: str | None = None
    interval: timedelta = timedelta()
    timeout: float = TIMEOUT_SECONDS
    stand_in: bool = False

    def stamp(self, sha256_digest: bytes, at: datetime) -> bytes:  # noqa: ARG002 - the port's; it has its own clock
        """Return a DER TimeStampToken over the digest; `OperatorError` for anything that would not verify later."""
        nonce = secrets.randbits(64) | 1
        answer = self._post(_request(sha256_digest, nonce, self.policy))
        token = self._token(answer)
        try:
            stamp = timestamp.verify(token, sha256_digest, _certificates(self.roots))
        except (VerifierError, UndecidedError) as error:
            raise self._problem(f"its token does not verify ({error}); is its root in the authorities file?") from error
        if _nonce(token) != nonce:
            raise self._problem("its token is an answer to another request: somebody stands between it and us")
        if self.policy not in {None, stamp.policy}:
            raise self._problem(f"its token is under policy {stamp.policy}, not {self.policy}")
        return token

    def roots_pem(self) -> tuple[str, ...]:
        """Return the trust anchors that the operator named for it."""
        return self.roots

    def _post(self, request: bytes) -> bytes:
        try:
            with httpx.stream(
                "POST", self.url, content=request, headers={"Content-Type": _QUERY}, timeout=self.timeout
            ) as answer:
                if answer.status_code != _OK:
                    raise self._problem(f"it answers with HTTP status {answer.status_code}")
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MAX_CMS:
                        raise self._problem(f"its answer is longer than {MAX_CMS} bytes")
                return body
        except httpx.HTTPError as error:
            raise self._problem(f"it does not answer ({type(error).__name__})") from error

    def _token(self, answer: bytes) -> bytes:
        try:
            reply = _Reply.load(answer, strict=True)
            status = reply["status"]["status"].native
            words = reply["status"]["status_string"].native or ()
            token = reply["token"]
            held = b"" if isinstance(token, core.Void) else bytes(token.dump())
        except (ValueError, TypeError) as error:
            raise self._problem("its answer is not a TimeStampResp of RFC 3161") from error
        if status not in _GRANTED or not held:
            raise self._problem(f"it refuses: {status} {' '.join(map(str, words))}"[:200].rstrip())
        return held

    def _problem(self, what: str) -> OperatorError:
        return OperatorError(
            f"timestamp authority {self.name}: {what}; checkpoints wait for its token and are anchored all the same",
            f"时间戳机构 {self.name} 未给出可用的时间戳：检查点照常上链，时间戳稍后补取",
            authority=self.name,
        )


def _request(digest: bytes, nonce: int, policy: str | None) -> bytes:
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    body: dict[str, object] = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    if policy is not None:
        body["req_policy"] = policy
    return bytes(tsp.TimeStampReq(body).dump())


def _nonce(token: bytes) -> int | None:
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    found: int | None = content["nonce"].native
    return found


def _certificates(pem: Sequence[str]) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(each.encode("ascii")) for each in pem]
