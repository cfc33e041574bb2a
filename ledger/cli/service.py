"""``pfl serve`` and ``pfl demo``."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.common import EXIT_ERROR, Data, config_of, console
from ledger.errors import ConfigurationError


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free port.")] = 8080,
    demo: Annotated[bool, typer.Option("--demo", help="Simulated clock and development endpoints.")] = False,
) -> None:
    """Serve the API with its sequencer and anchoring worker."""
    import uvicorn  # noqa: PLC0415 - only here

    config = config_of(data)
    os.environ["PFL_DATA"] = str(config.data)
    if demo:
        os.environ["PFL_SIMULATED_CLOCK"] = os.environ["PFL_DEVELOPMENT"] = "true"
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port, or 0 for a free one"
        ) from error
    console.print(f"listening on http://{host}:{listener.getsockname()[1]}", highlight=False)
    settings = uvicorn.Config(
        "api.serving:from_environment", factory=True, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(settings)
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(EXIT_ERROR)


def demo(
    output: Annotated[Path, typer.Option(help="Where report.pdf and evidence.json go.")] = Path("demo-output"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the service running at the end.")] = False,
) -> None:
    """Run one complete online sale over HTTP, with its refusals, and verify the evidence."""
    from ledger.demo.run import run  # noqa: PLC0415 - only here

    sys.exit(run(output, keep=keep))
