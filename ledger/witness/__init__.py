"""A witness: a small program of a manager, custodian or regulator that cosigns what it checked (`docs/witnesses.md`).

It shares nothing with the operator's service but formats: own directory, own key, own state. `client` is the operator's
side of the same protocol.
"""
