"""CMS SignedData (RFC 5652) with one P-256 signer, no more in it than PAdES and RFC 3161 ask for."""

import hashlib
from dataclasses import dataclass

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization

_SHA256 = {"algorithm": "sha256"}


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, what, and the signature. ``attributes`` is the DER of the signed attributes (a SET)."""

    chain: tuple[x509.Certificate, ...]
    attributes: bytes
    signature: bytes
    timestamp: bytes | None = None


def signed_attributes(content_type: str, digest: bytes, certificate: x509.Certificate) -> bytes:
    """Return the DER that the key signs: content type, digest, and the certificate it speaks for (RFC 5035)."""
    certificate_hash = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
    claim = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": certificate_hash})]})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", cms.ContentType(content_type)),
            _attribute("message_digest", core.OctetString(digest)),
            _attribute("signing_certificate_v2", claim),
        ]
    )
    return bytes(attributes.dump())


def signed_data(content_type: str, content: bytes | None, signer: Signer) -> bytes:
    """Return the DER ContentInfo; ``content`` is ``None`` for a detached signature."""
    encapsulated: dict[str, object] = {"content_type": content_type}
    if content is not None:
        encapsulated["content"] = core.ParsableOctetString(content)
    leaf = _asn1(signer.chain[0])
    info: dict[str, object] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm(_SHA256),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signed_attrs": cms.CMSAttributes.load(signer.attributes, strict=True),
        "signature": signer.signature,
    }
    if signer.timestamp is not None:
        token = cms.ContentInfo.load(signer.timestamp, strict=True)
        info["unsigned_attrs"] = cms.CMSAttributes([_attribute("signature_time_stamp_token", token)])
    data = cms.SignedData(
        {
            "version": "v1" if content_type == "data" else "v3",
            "digest_algorithms": [algos.DigestAlgorithm(_SHA256)],
            "encap_content_info": encapsulated,
            "certificates": [_asn1(certificate) for certificate in signer.chain],
            "signer_infos": [cms.SignerInfo(info)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def _attribute(name: str, value: core.Asn1Value) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": cms.CMSAttributeType(name), "values": (value,)})


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER), strict=True)
