"""What the commands share: options, the console, and opening a ledger."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ledger.config import Config, from_environment
from ledger.errors import ConfigurationError
from ledger.services.ledger import Ledger

EXIT_ERROR = 3
console = Console(stderr=True)
Data = Annotated[Path | None, typer.Option("--data", help="Data directory (PFL_DATA).")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def config_of(data: Path | None) -> Config:
    """Return the configuration of the environment, with another data directory if one is named."""
    config = from_environment()
    return config if data is None else replace(config, data=data)


@contextmanager
def opened(data: Path | None, *, anchors: bool = False) -> Iterator[Ledger]:
    """Open the ledger of a data directory and give it back.

    Unless it ``anchors``, it may be opened beside a running service: an embedded chain has one writer.
    """
    from ledger.bootstrap import close_ledger, open_ledger  # noqa: PLC0415 - `pfl verify` must not load the service

    ledger = open_ledger(config_of(data), anchors=anchors)
    try:
        yield ledger
    finally:
        close_ledger(ledger)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket bound there, before anything else is done; `ConfigurationError` when the place is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port, or 0 for a free one"
        ) from error
    return listener


def progress_bar() -> Progress:
    """Return a progress bar on standard error, so that standard output stays readable by programs."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
