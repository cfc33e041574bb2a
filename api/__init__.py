"""The HTTP face of the ledger: FastAPI under ``/v1``. It decides nothing; services do."""
