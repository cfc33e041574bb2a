"""The private-fund sales compliance ledger: records, law, procedure and proofs."""
