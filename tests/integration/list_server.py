"""A small server on loopback that publishes trust lists, well or badly."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ListServer", "publishing"]


class ListServer:
    """What it publishes, and what it was asked.

    Attributes:
        port: Where it listens.
        files: Octets by path.
        manners: By path, how it misbehaves: ``moved``, ``endless``, ``silent`` or ``down``.
        asked: Path and If-None-Match of each request.
        released: Ends what is silent.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.files: dict[str, bytes] = {}
        self.manners: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.released = threading.Event()

    def location(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def publishing() -> Iterator[ListServer]:
    """Serve while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(server, self)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ListServer(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        thread.join()
        http.server_close()


def _answer(server: ListServer, request: BaseHTTPRequestHandler) -> None:
    known = request.headers.get("If-None-Match", "")
    server.asked.append((request.path, known))
    match server.manners.get(request.path):
        case "down":
            request.send_error(503)
        case "silent":
            server.released.wait(30)
        case "moved":
            request.send_response(302)
            request.send_header("Location", "http://192.0.2.1/list.json")
            request.end_headers()
        case "endless":
            request.send_response(200)
            request.end_headers()
            try:
                while not server.released.is_set():
                    request.wfile.write(b" " * 65536)
            except OSError:
                pass  # the reader had enough
        case _:
            octets = server.files.get(request.path)
            if octets is None:
                request.send_error(404)
                return
            tag = f'"{hash(octets)}"'
            request.send_response(304 if tag == known else 200)
            request.send_header("ETag", tag)
            request.end_headers()
            if tag != known:
                request.wfile.write(octets)
