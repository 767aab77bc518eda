"""A small load generator: threads with keep-alive connections, bounded in time and in number."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_RECONNECT_AFTER = 50
"""A connection stays with one worker process; meeting both evens out where the kernel put it."""
_START_SECONDS = 30.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """How a server bore a load."""

    seconds: float
    latencies: tuple[float, ...]
    """Seconds of each request, sorted."""

    @property
    def per_second(self) -> float:
        """Requests per second over all connections."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` of the requests were answered."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class Connection:
    """One keep-alive connection; the request is sent as it stands and the answer read by its Content-Length."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.used = 0
        self.socket: socket.socket | None = None
        self.rest = b""

    def get(self, path: str, cookie: str = "") -> Answer:
        """Ask for a page."""
        if self.socket is None or self.used >= _RECONNECT_AFTER:
            self.close()
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used += 1
        sent = f"Cookie: {cookie}\r\n" if cookie else ""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{sent}\r\n".encode())
        return self._answer(self.socket)

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
        self.socket, self.used, self.rest = None, 0, b""

    def _answer(self, stream: socket.socket) -> Answer:
        data = self.rest
        while b"\r\n\r\n" not in data:
            data += self._more(stream)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])
        }
        status = int(lines[0].split()[1])
        if headers.get(b"transfer-encoding") == b"chunked":
            body = self._chunks(stream, body)
        else:
            length = int(headers[b"content-length"])
            while len(body) < length:
                body += self._more(stream)
            body, self.rest = body[:length], body[length:]
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return Answer(status, body)

    def _chunks(self, stream: socket.socket, data: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in data:
                data += self._more(stream)
            size_text, _, data = data.partition(b"\r\n")
            size = int(size_text, 16)
            while len(data) < size + 2:
                data += self._more(stream)
            body, data = body + data[:size], data[size + 2 :]
            if size == 0:
                self.rest = data
                return body

    @staticmethod
    def _more(stream: socket.socket) -> bytes:
        found = stream.recv(262_144)
        if not found:
            raise ConnectionError("the server hung up in the middle of an answer")
        return found


def load(
    port: int, pages: Sequence[tuple[str, str]], *, connections: int, seconds: float, most: int = 1_000_000
) -> Load:
    """Ask for `pages` (path and cookie) in turn over some connections until the time or the number is used up."""
    latencies: list[list[float]] = [[] for _ in range(connections)]
    failures: list[str] = []
    until = time.perf_counter() + seconds

    def ask(place: int) -> None:
        connection = Connection(port)
        mine = latencies[place]
        turn = place
        while time.perf_counter() < until and len(mine) < most // connections and not failures:
            path, cookie = pages[turn % len(pages)]
            turn += 1
            began = time.perf_counter()
            answer = connection.get(path, cookie)
            mine.append(time.perf_counter() - began)
            if answer.status != _OK:
                failures.append(f"{path} answered {answer.status}")
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return Load(time.perf_counter() - began, tuple(sorted(one for mine in latencies for one in mine)))


def in_turn(asked: Sequence[tuple[int, str, str]], *, seconds: float, least: int, most: int) -> list[Load]:
    """Ask for each page (port, path and cookie) one after another over one connection each, again and again.

    Each is asked for at least `least` times, and then until the time or the number is used up.
    """
    connections = [Connection(port) for port, _, _ in asked]
    latencies: list[list[float]] = [[] for _ in asked]
    began = time.perf_counter()
    while len(latencies[0]) < least or (time.perf_counter() - began < seconds and len(latencies[0]) < most):
        for connection, taken, (_, path, cookie) in zip(connections, latencies, asked, strict=True):
            start = time.perf_counter()
            answer = connection.get(path, cookie)
            taken.append(time.perf_counter() - start)
            if answer.status != _OK:
                raise RuntimeError(f"{path} answered {answer.status}")
    for connection in connections:
        connection.close()
    return [Load(sum(taken), tuple(sorted(taken))) for taken in latencies]


@contextmanager
def serving(application: str, environment: Mapping[str, str], *, workers: int = 2) -> Iterator[int]:
    """Run `application` in gunicorn as `certhub run` does; yields the port."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4",
        "--log-level", "error", "--no-control-socket", application,
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not answer in time")
