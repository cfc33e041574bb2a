"""What a server process runs: the ledger that the environment names, the API, and the workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI

from api import logs
from api.app import create
from api.settings import Settings
from ledger import bootstrap, config
from ledger.services.anchoring import SealPolicy
from ledger.services.messenger import Messenger
from ledger.services.witness_worker import WitnessWorker
from ledger.services.worker import AnchorWorker


def from_environment() -> FastAPI:
    """Open the ledger that ``PFL_*`` names and build its application; `ConfigurationError` names what to set."""
    told = config.from_environment()
    logs.configure(told.log_level)
    ledger = bootstrap.open_ledger(told)

    witnesses = WitnessWorker(ledger)
    policy = SealPolicy(interval=timedelta(milliseconds=told.interval_ms))
    worker = AnchorWorker(ledger, policy=policy, guard=witnesses.require_sound)
    messenger = Messenger(ledger)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        witnesses.start()
        messenger.start()
        try:
            yield
        finally:
            messenger.stop()
            witnesses.stop()
            worker.stop()
            bootstrap.close_ledger(ledger)

    return create(
        ledger,
        settings=Settings(development=told.development, embedders=told.embedders, returns=told.returns),
        lifespan=lifespan,
        worker=worker,
    )
