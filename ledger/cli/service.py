"""``pfl serve`` and ``pfl demo``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.common import EXIT_ERROR, Data, config_of, console, listening, opened


def serve(
    data: Data = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free port.")] = 8080,
    demo: Annotated[
        bool, typer.Option("--demo", help="Simulated clock, stand-ins, a product on sale, and a link to buy it.")
    ] = False,
) -> None:
    """Serve the API with its sequencer and anchoring worker."""
    import uvicorn  # noqa: PLC0415 - only here

    config = config_of(data)
    os.environ["PFL_DATA"] = str(config.data)
    if demo:
        os.environ["PFL_SIMULATED_CLOCK"] = os.environ["PFL_DEVELOPMENT"] = "true"
        os.environ.setdefault("PFL_LOG_LEVEL", "warning")  # or the link scrolls away with the first click
    listener = listening(host, port)
    number = listener.getsockname()[1]
    console.print(f"listening on http://{host}:{number}", highlight=False)
    if demo:
        _newcomer(data, number)
    settings = uvicorn.Config(
        "api.serving:from_environment", factory=True, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(settings)
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(EXIT_ERROR)


def _newcomer(data: Path | None, port: int) -> None:
    """Have demonstration data made once the service answers; passkeys want the name localhost."""
    import segno  # noqa: PLC0415 - only here

    from ledger.demo.newcomer import welcome  # noqa: PLC0415 - only here
    from ledger.services import keys  # noqa: PLC0415 - only here
    from ledger.services.ledger import SYSTEM  # noqa: PLC0415 - only here

    base = f"http://localhost:{port}"
    os.environ.setdefault("PFL_SITE", base)
    with opened(data, anchors=False) as ledger, ledger.store.transaction() as tx:
        secret = str(keys.issue(ledger, tx, SYSTEM, duty="admin", label="demo administrator")["secret"])

    def show(link: str) -> None:
        console.print(link, highlight=False, soft_wrap=True, style="bold")
        if console.is_terminal:
            segno.make(link, error="l").terminal(out=sys.stderr, compact=True)

    welcome(base, secret, lambda text: console.print(text, highlight=False, soft_wrap=True), show)


def demo(
    output: Annotated[Path, typer.Option(help="Where report.pdf and evidence.json go.")] = Path("demo-output"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the service running at the end.")] = False,
) -> None:
    """Run one complete online sale over HTTP, with its refusals, and verify the evidence."""
    from ledger.demo.run import run  # noqa: PLC0415 - only here

    sys.exit(run(output, keep=keep))
