"""A registry on this machine that refuses in every way in which registries refuse. It has no image at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOT_THERE = (404, "MANIFEST_UNKNOWN", "manifest unknown")
ANSWERS = {
    "missing": NOT_THERE,
    "secret": (401, "UNAUTHORIZED", "authentication required"),
    "limited": (429, "TOOMANYREQUESTS", "you have reached your pull rate limit"),
    "broken": (503, "UNAVAILABLE", "the service is not available"),
}
"""By the first folder of the image's name."""


class _Refusing(BaseHTTPRequestHandler):
    """Answers every question for a manifest with the refusal that the image's name asks for."""

    def do_GET(self) -> None:
        """Refuses."""
        folder = [*self.path.split("/"), "", ""][2]
        status, code, message = ANSWERS.get(folder, NOT_THERE)
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.send_response(status)
        if status == ANSWERS["secret"][0]:
            self.send_header("WWW-Authenticate", 'Basic realm="registry"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 (the name is the server's)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@contextmanager
def refusing() -> Iterator[str]:
    """The registry's address, while it is needed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusing) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
