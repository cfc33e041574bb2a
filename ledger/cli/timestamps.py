"""``pfl timestamps``: take the RFC 3161 tokens out of a bundle, so that a stranger checks them with OpenSSL."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.cli.common import EXIT_ERROR, console
from verifier import bundle, certificates, checkpoint, pdf, timestamp
from verifier.digests import sha256
from verifier.errors import UndecidedError, VerifierError

_COMMAND: Final = "openssl ts -verify -token_in -in {token} -data {data} -CAfile {roots} -attime {time}"
_HOW: Final = """\
# Each line checks one token with OpenSSL alone, run in this folder; "Verification: OK" means: the authority whose chain
# ends in the root of -CAfile saw exactly the bytes of -data. Compare that root with one that you got elsewhere: the one
# here is the operator's word. -attime is the token's own time, so that a certificate that expired since still counts.
# What `openssl ts -reply -token_in -text -in TOKEN` prints is the token's time, policy and serial number.
"""


def timestamps(
    file: Annotated[Path, typer.Argument(help="evidence.json or report.pdf")],
    output: Annotated[Path, typer.Option(help="Folder for tokens, their data, roots and the commands.")] = Path(
        "timestamps"
    ),
) -> None:
    """Write every timestamp token with the bytes that it is over, its root, and the OpenSSL command that checks it."""
    try:
        with file.open("rb") as opened:
            data = opened.read(bundle.MAX_BYTES + 1)
        commands = _write(bundle.parse(pdf.evidence(data) if pdf.is_pdf(data) else data), output)
    except (OSError, VerifierError, UndecidedError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        console.print(f"cannot take the timestamps out: {reason}", highlight=False, markup=False)
        sys.exit(EXIT_ERROR)
    if not commands:
        console.print("the bundle carries no timestamps")
    for command in commands:
        typer.echo(command)


def _write(found: bundle.Bundle, output: Path) -> list[str]:
    output.mkdir(parents=True, exist_ok=True)
    notes = (found.head, *(link.note for link in found.checkpoints))
    heads = {head.size: head for head in (checkpoint.parse_body(checkpoint.split(note)[0]) for note in notes)}
    roots = [certificates.load(der) for der in found.timestamp_roots]
    commands = []
    for number, token in enumerate(found.timestamps, 1):
        if token.size not in heads:
            raise UndecidedError("checkpoint_missing", f"the bundle holds no checkpoint of {token.size} records")
        body = heads[token.size].body().encode()
        stamp = timestamp.verify(token.token, sha256(body), roots)
        name = f"token-{number}-{token.size}"
        root = stamp.root.public_bytes(Encoding.DER)
        files = {
            "token": f"{name}.der",
            "data": f"checkpoint-{token.size}.txt",
            "roots": f"root-{sha256(root).hex()[:16]}.pem",
        }
        (output / files["token"]).write_bytes(token.token)
        (output / files["data"]).write_bytes(body)
        (output / files["roots"]).write_text(certificates.to_pem(root))
        commands.append(_COMMAND.format(**files, time=int(stamp.time.timestamp())))
    (output / "commands.sh").write_text("\n".join(("#!/bin/sh", _HOW.rstrip(), "set -e", *commands, "")))
    return commands
