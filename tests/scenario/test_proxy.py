"""The proxy configuration that is shipped, under nginx itself: slow clients stay outside, and nobody says who he is."""

import datetime
import os
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conftest import missing

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = Path("/usr/sbin/nginx")
NAME = "report.example.gov.cn"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def certify(folder: Path) -> None:
    """A certificate of our own, for the name in the configuration."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


class Behind(ThreadingHTTPServer):
    """What stands behind the proxy: it notes who calls, with which headers and body."""

    def __init__(self) -> None:
        self.callers: list[object] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Noting)

    def get_request(self):
        taken = super().get_request()
        self.callers.append(taken)
        return taken


class _Noting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class Proxy:
    """nginx with the shipped configuration; only ports and places are others."""

    def __init__(self, folder: Path, behind: int) -> None:
        certify(folder)
        self.port = free_port()
        text = SHIPPED.read_text(encoding="utf-8")
        for shipped, here in {
            "127.0.0.1:8000": f"127.0.0.1:{behind}", "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443": f"listen 127.0.0.1:{self.port}", "/etc/ssl/qiaomen": str(folder), "/run": str(folder),
            "/var/log/nginx": str(folder),
        }.items():  # fmt: skip
            assert shipped in text
            text = text.replace(shipped, here)
        (folder / "site.conf").write_text(text, encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; pid {folder}/pid; error_log {folder}/main.log; events {{}} http {{ include site.conf; }}",
            encoding="utf-8",
        )
        self._process = subprocess.Popen([NGINX, "-p", folder, "-c", "nginx.conf", "-e", folder / "main.log"])

    def connect(self) -> ssl.SSLSocket:
        """A connection, as soon as nginx takes one."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for _ in range(100):
            try:
                return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=10))
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise TimeoutError

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


@pytest.fixture
def behind():
    with Behind() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(behind, tmp_path):
    if not NGINX.exists():
        missing("no nginx at /usr/sbin/nginx")
    running = Proxy(tmp_path, behind.server_address[1])
    yield running
    running.stop()


def head(path: str, length: int, *more: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {NAME}", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("path", ["/wechat", "/report"])
def test_a_request_goes_on_only_when_it_has_come_as_a_whole(proxy, behind, path):
    with proxy.connect() as slow, proxy.connect() as quick:
        slow.sendall(head(path, 8) + b"half")
        quick.sendall(head(path, 5) + b"whole")
        assert quick.recv(100).startswith(b"HTTP/1.1 200")
        assert [body for _, body in behind.requests] == [b"whole"]
        assert len(behind.callers) == 1

        slow.sendall(b"half")
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
    assert [body for _, body in behind.requests] == [b"whole", b"halfhalf"]


def test_what_a_client_says_of_its_own_address_does_not_count(proxy, behind):
    with proxy.connect() as client:
        client.sendall(head("/report", 2, "X-Forwarded-For: 10.1.1.1", "X-Forwarded-Proto: http") + b"hi")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    ((headers, _),) = behind.requests

    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def test_figures_are_not_shown_to_the_world(proxy, behind):
    with proxy.connect() as client:
        client.sendall(head("/metrics", 0))
        assert client.recv(100).startswith(b"HTTP/1.1 404")
    assert behind.requests == []


def test_no_line_of_a_log_holds_an_address(proxy, tmp_path, behind):
    behind.shutdown()
    behind.server_close()
    with proxy.connect() as client:
        client.sendall(head("/wechat?openid=o-secret", 2) + b"hi")
        assert client.recv(100).startswith(b"HTTP/1.1 502")

    assert "o-secret" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
