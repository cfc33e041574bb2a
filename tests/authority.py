"""A timestamp authority of other makers: `openssl ts` behind HTTP on loopback, with an RSA key."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

_CONFIGURATION = """\
[tsa]
default_tsa = given
[given]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


@dataclass
class Answering:
    """Where it listens, its root, and what may be done to its answers."""

    url: str
    roots: tuple[str, ...]
    folder: Path
    meddle: Callable[[bytes], tuple[int, bytes]] = lambda reply: (200, reply)


def require_openssl() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("NO OPENSSL HERE: tokens are not checked with a second implementation; install openssl")


def openssl(folder: Path, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["openssl", *arguments], cwd=folder, input=given, capture_output=True, check=False)


@contextmanager
def authority(folder: Path, name: str = "National Time") -> Iterator[Answering]:
    """Make keys and certificates, and answer requests until the end."""
    require_openssl()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(_CONFIGURATION)
    (folder / "serial").write_text("01\n")
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-config", "tsa.cnf")
    (folder / "tsa.cnf").write_text(_CONFIGURATION + "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nO = x\n")
    made = [
        openssl(
            folder, *new, "-subj", f"/O={name}/CN={name} Root", "-extensions", "ca",
            "-keyout", "ca.key", "-out", "ca.pem",
        ),
        openssl(
            folder, *new, "-subj", f"/O={name}/CN={name} TSA", "-extensions", "ext",
            "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "tsa.key", "-out", "tsa.pem",
        ),
    ]  # fmt: skip
    for done in made:
        assert done.returncode == 0, done.stderr.decode()
    answering = Answering("", ((folder / "ca.pem").read_text(),), folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "request.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr")
            status, reply = answering.meddle((folder / "reply.tsr").read_bytes())
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield answering
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
