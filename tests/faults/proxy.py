"""A wire to a JSON-RPC node that can be cut: before the question arrives, or before the answer comes back."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Wire:
    """``cut_before``/``cut_after``: methods (``*``: all) whose question or answer gets lost. ``asked``: what came."""

    node: str
    address: str = ""
    cut_before: set[str] = field(default_factory=set)
    cut_after: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    """Methods that are passed on and never answered, until `speak`."""
    speak: threading.Event = field(default_factory=threading.Event)
    meddle: Callable[[str], None] = lambda _method: None
    asked: list[str] = field(default_factory=list)

    def down(self) -> None:
        """Cut everything."""
        self.cut_before = {"*"}

    def up(self) -> None:
        """Mend everything."""
        self.cut_before, self.cut_after, self.silent = set(), set(), set()
        self.speak.set()

    def answer(self, body: bytes) -> bytes | None:
        """Pass a question on; nothing where the wire is cut."""
        method = str(json.loads(body)["method"])
        silent, cut = method in self.silent, bool({method, "*"} & self.cut_after)
        self.asked.append(method)
        self.meddle(method)
        if {method, "*"} & self.cut_before:
            return None
        request = urllib.request.Request(self.node, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as found:
            answer: bytes = found.read()
        if silent:
            self.speak.wait(10)
        return None if silent or cut else answer


@contextmanager
def wire_to(node: str) -> Iterator[Wire]:
    """Serve a wire on a free loopback port."""
    wire = Wire(node)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = wire.answer(self.rfile.read(int(self.headers["Content-Length"])))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    wire.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield wire
    finally:
        wire.speak.set()
        server.shutdown()
        thread.join()
        server.server_close()
