"""The conversation with Rewind's engine: JSON by HTTP to the loopback address that the agent was given. A tool asks and
reports by one connection of its own, so threads, tasks and forks need no care. No `http.client`: it takes 15 ms to load."""

import json
import os
import socket
import sys
from typing import Any, Callable, Dict, Optional, Tuple


class Engine:
    def __init__(self, url: str, replay: Optional[str]) -> None:
        origin, _, path = url.partition("://")[2].partition("/")
        host, _, port = origin.rpartition(":")
        self.address = (host.strip("[]"), int(port))
        self.host = origin
        self.path = "/" + path
        #: None while recording; else what becomes of tools: "tape", "run", or "own" for what each tool wants.
        self.replay = replay

    def wants_tape(self, replay: Optional[str]) -> bool:
        """Whether a tool must not run even where the engine cannot be asked."""
        return self.replay == "tape" or (self.replay == "own" and replay == "tape")

    def request(self, verb: str, message: Dict[str, Any]) -> bytes:
        body = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        head = "POST %s/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return (head % (self.path, verb, self.host, len(body))).encode() + body


class Lost(Exception):
    """The engine is gone, or does not know us."""


class Talk:
    """One connection. Every method raises Lost where the engine cannot be talked to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._socket: Optional[socket.socket] = None

    def say(self, verb: str, message: Dict[str, Any]) -> Dict[str, Any]:
        try:
            data = self._engine.request(verb, message)
            if self._socket is None:
                self._socket = socket.create_connection(self._engine.address, timeout=5)
                self._socket.settimeout(None)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(data)
            answer = _Answer()
            while not answer.is_whole:
                answer.take(self._socket.recv(65536))
            return answer.message()
        except (OSError, ValueError) as error:
            self.close()
            raise Lost(str(error)) from None

    async def say_async(self, verb: str, message: Dict[str, Any]) -> Dict[str, Any]:
        loop = _running_loop()
        if loop is None:
            return self.say(verb, message)  # another event loop than asyncio's: loopback answers in a moment
        try:
            data = self._engine.request(verb, message)
            if self._socket is None:
                family = socket.AF_INET6 if ":" in self._engine.address[0] else socket.AF_INET
                self._socket = socket.socket(family, socket.SOCK_STREAM)
                self._socket.setblocking(False)
                await loop.sock_connect(self._socket, self._engine.address)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_sendall(self._socket, data)
            answer = _Answer()
            while not answer.is_whole:
                answer.take(await loop.sock_recv(self._socket, 65536))
            return answer.message()
        except (OSError, ValueError) as error:
            self.close()
            raise Lost(str(error)) from None

    def become_blocking(self) -> None:
        if self._socket is not None:
            self._socket.setblocking(True)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _running_loop() -> Any:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _Answer:
    def __init__(self) -> None:
        self._bytes = b""
        self._end: Optional[int] = None
        self._body = 0

    @property
    def is_whole(self) -> bool:
        return self._end is not None and len(self._bytes) >= self._end

    def take(self, data: bytes) -> None:
        if not data:
            raise OSError("the connection was closed")
        self._bytes += data
        if self._end is None:
            head, gap, _ = self._bytes.partition(b"\r\n\r\n")
            if gap:
                self._body = len(head) + 4
                self._end = self._body + _length(head)

    def message(self) -> Dict[str, Any]:
        status = self._bytes.split(b" ", 2)[1]
        message = json.loads(self._bytes[self._body : self._end])
        if status != b"200" or not isinstance(message, dict):
            raise ValueError("status %s" % status.decode("latin1"))
        return message


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("no length")


def _from_environment() -> Optional[Engine]:
    url = os.environ.get("REWIND_TOOLS")
    if not url:
        return None
    try:
        return Engine(url, os.environ.get("REWIND_REPLAY") or None)
    except ValueError:
        return None


#: None where Rewind is not running.
current: Optional[Engine] = _from_environment()


def connect(url: Optional[str], replay: Optional[str] = None) -> None:
    """Turns the helpers on or off in a process that runs already, as a test runner does."""
    global current
    current = Engine(url, replay) if url else None
