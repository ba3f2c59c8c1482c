"""A time-stamp authority (RFC 3161) on this machine: `openssl ts` behind a small web server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.machine import program

CONFIGURATION = """
[tsa]
default_tsa = stamping
[stamping]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


@contextmanager
def authority(folder: Path, pems: tuple[bytes, bytes]) -> Iterator[str]:
    """Its address; `pems` are its key and its certificate."""
    openssl = program("openssl", package="openssl", untried="no time stamp came over the network")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    key.write_bytes(pems[0])
    certificate.write_bytes(pems[1])
    configuration = folder / "ts.cnf"
    configuration.write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    reply = [openssl, "ts", "-reply", "-config", configuration, "-inkey", key, "-signer", certificate]

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query, answer = folder / "query", folder / "answer"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            subprocess.run([*reply, "-queryfile", query, "-out", answer], check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer.read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
