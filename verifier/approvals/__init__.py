"""Approvals: a statement signed once more with a key that outlives the sale, in the suite of that key.

The event key signs the statement and the PDF always (`x509-p256`). Where the record names another suite, the investor
also approved the same statement with a registered credential: a passkey, a wallet, a national-standard certificate.
"""
