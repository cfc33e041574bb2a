"""Certificates, RFC 3161 timestamps and PAdES. What is embedded here for development says so in its name."""

from ledger.signing.codes import DevelopmentCodes, open_codes
from ledger.signing.development_ca import DevelopmentCA, open_ca
from ledger.signing.development_tsa import DevelopmentTSA, open_tsa
from ledger.signing.pdf import PadesSigning, open_pdf_signing

__all__ = [
    "DevelopmentCA",
    "DevelopmentCodes",
    "DevelopmentTSA",
    "PadesSigning",
    "open_ca",
    "open_codes",
    "open_pdf_signing",
    "open_tsa",
]
