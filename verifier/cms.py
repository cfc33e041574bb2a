"""CMS SignedData (RFC 5652) with one signer and signed attributes, read so strictly that no byte of it is free."""

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from verifier import certificates, der
from verifier.errors import MalformedError, VerificationError

MAX_CMS: Final = 256 * 1024

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
TIMESTAMP_TOKEN: Final = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an object identifier
SHA256: Final = "2.16.840.1.101.3.4.2.1"

_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    SHA256: hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_ECDSA: Final = {
    "1.2.840.10045.4.3.2": SHA256,
    "1.2.840.10045.4.3.3": "2.16.840.1.101.3.4.2.2",
    "1.2.840.10045.4.3.4": "2.16.840.1.101.3.4.2.3",
}
_RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"  # RFC 3370 §3.2: PKCS #1 v1.5 with the signer's digest
_RSA: Final = {
    "1.2.840.113549.1.1.11": SHA256,
    "1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
    "1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
}


@dataclass(frozen=True, slots=True)
class SignedData:
    """A CMS signature as read. ``content`` is ``None`` when it is detached; ``timestamp`` is over ``signature``."""

    content_type: str
    content: bytes | None
    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    digest: str
    algorithm: str
    attributes: bytes
    values: dict[str, der.Node]
    signature: bytes
    timestamp: bytes | None


def parse(data: bytes) -> SignedData:
    """Read a ContentInfo; `MalformedError` for anything but one signer with signed attributes."""
    if len(data) > MAX_CMS:
        raise MalformedError("too_large", f"a CMS signature is larger than {MAX_CMS} bytes", limit=MAX_CMS)
    kind, wrapped = der.decode(data).sequence(der.OID, der.CONTEXT_0)
    if kind.oid() != SIGNED_DATA:
        raise MalformedError("bad_cms", "the CMS content is not SignedData")
    version, digests, encapsulated, certs, signers = wrapped.only(der.SEQUENCE).sequence(
        der.INTEGER, der.SET, der.SEQUENCE, der.CONTEXT_0, der.SET
    )
    content_type, content = _encapsulated(encapsulated)
    _require_version(version, 1 if content_type == DATA else 3)
    info = signers.only(der.SEQUENCE).children()
    tags = [der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.CONTEXT_0, der.SEQUENCE, der.OCTET_STRING]
    if [n.tag for n in info] not in (tags, [*tags, der.CONTEXT_1]):
        raise MalformedError("bad_cms", "a signer is not named by issuer and serial, or has no signed attributes")
    _require_version(info[0], 1)
    digest = algorithm(info[2])
    if algorithm(digests.only(der.SEQUENCE)) != digest:
        raise MalformedError("bad_cms", "the digest algorithms of message and signer differ")
    signer, others = _certificates(certs, info[1])
    attributes = bytes([der.SET]) + info[3].raw[1:]  # RFC 5652 §5.4: signed as a SET, whatever its tag in here
    return SignedData(
        content_type,
        content,
        signer,
        others,
        digest,
        algorithm(info[4]),
        attributes,
        _attributes(info[3]),
        info[5].body,
        _timestamp(info[6]) if len(info) > len(tags) else None,
    )


def verify(signed: SignedData, content: bytes) -> x509.Certificate:
    """Return the signer's certificate if it signed ``content``; its chain is another question (`certificates`)."""
    _require_attributes(signed, content)
    key, hash_algorithm = signed.signer.public_key(), _digest(signed.digest)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and _ECDSA.get(signed.algorithm) == signed.digest:
            key.verify(signed.signature, signed.attributes, ec.ECDSA(hash_algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and signed.digest in {_RSA.get(signed.algorithm), _rsa_default(signed)}:
            key.verify(signed.signature, signed.attributes, padding.PKCS1v15(), hash_algorithm)
        else:
            raise MalformedError(
                "unknown_algorithm", "the signature algorithm is not ECDSA or RSA with the signer's digest"
            )
    except InvalidSignature:
        raise VerificationError("bad_signature", "the CMS signature does not verify under the signer's key") from None
    return signed.signer


def _rsa_default(signed: SignedData) -> str | None:
    return signed.digest if signed.algorithm == _RSA_ENCRYPTION else None


def _require_attributes(signed: SignedData, content: bytes) -> None:
    values = signed.values
    needed = {CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2}
    if missing := needed - values.keys():
        raise VerificationError("missing_attribute", "the signed attributes are incomplete", missing=sorted(missing))
    if values[CONTENT_TYPE].oid() != signed.content_type:
        raise VerificationError("bad_attribute", "the signed content type is another one")
    if values[MESSAGE_DIGEST].expect(der.OCTET_STRING).body != _hash(signed.digest, content):
        raise VerificationError("digest_mismatch", "the content is not what was signed")
    named = values[SIGNING_CERTIFICATE_V2].sequence(der.SEQUENCE)[0].children()
    if not named or _named_digest(named[0]) != signed.signer.fingerprint(hashes.SHA256()):
        raise VerificationError("bad_attribute", "the signature was made for another certificate")


def _named_digest(named: der.Node) -> bytes:
    """Return the certificate hash of an ESSCertIDv2 (RFC 5035 §4); SHA-256 is its default, so DER leaves it out."""
    parts = named.expect(der.SEQUENCE).children()
    if not parts:
        raise MalformedError("bad_cms", "the signing certificate attribute is empty")
    return parts[0].expect(der.OCTET_STRING).body


def _encapsulated(node: der.Node) -> tuple[str, bytes | None]:
    parts = node.children()
    if not parts or len(parts) > 2:  # noqa: PLR2004 - type and content
        raise MalformedError("bad_cms", "the encapsulated content is not a type and at most one content")
    content = parts[1].expect(der.CONTEXT_0).only(der.OCTET_STRING).body if len(parts) > 1 else None
    return parts[0].oid(), content


def _certificates(node: der.Node, identifier: der.Node) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    issuer, serial = identifier.sequence(der.SEQUENCE, der.INTEGER)
    found: list[x509.Certificate] = []
    others: list[x509.Certificate] = []
    children = node.children()
    if len(children) > certificates.MAX_CHAIN:
        raise MalformedError("too_large", "a CMS signature carries too many certificates", limit=certificates.MAX_CHAIN)
    for child in children:
        certificate = certificates.load(child.expect(der.SEQUENCE).raw)
        same = certificate.serial_number == serial.integer() and certificate.issuer.public_bytes() == issuer.raw
        (found if same else others).append(certificate)
    if len(found) != 1:
        raise MalformedError("bad_cms", f"{len(found)} certificates fit the signer's name and serial, not one")
    return found[0], tuple(others)


def _attributes(node: der.Node) -> dict[str, der.Node]:
    """Return the single value of each attribute; DER wants a SET OF sorted, and none may come twice."""
    children = node.children()
    if [n.raw for n in children] != sorted(n.raw for n in children):
        raise MalformedError("bad_cms", "the attributes are not in DER order")
    values: dict[str, der.Node] = {}
    for child in children:
        name, held = child.sequence(der.OID, der.SET)
        found = held.children()
        if len(found) != 1 or name.oid() in values:
            raise MalformedError("bad_cms", "an attribute has not exactly one value")
        values[name.oid()] = found[0]
    return values


def _timestamp(node: der.Node) -> bytes:
    values = _attributes(node)
    if values.keys() != {TIMESTAMP_TOKEN}:
        raise MalformedError("bad_cms", "the unsigned attributes are not exactly a timestamp")
    return values[TIMESTAMP_TOKEN].raw


def algorithm(node: der.Node) -> str:
    """Return the name of an AlgorithmIdentifier without parameters (absent or NULL)."""
    parts = node.expect(der.SEQUENCE).children()
    if not parts or [p.raw for p in parts[1:]] not in ([], [b"\x05\x00"]):
        raise MalformedError("bad_cms", "an algorithm has parameters that this format does not know")
    return parts[0].oid()


def _require_version(node: der.Node, version: int) -> None:
    if node.integer() != version:
        raise MalformedError("bad_cms", f"a version is {node.integer()}, not {version}")


def _digest(name: str) -> hashes.HashAlgorithm:
    if name not in _DIGESTS:
        raise MalformedError("unknown_algorithm", "the digest algorithm is not SHA-256, SHA-384 or SHA-512")
    return _DIGESTS[name]


def _hash(name: str, content: bytes) -> bytes:
    state = hashes.Hash(_digest(name))
    state.update(content)
    return state.finalize()
