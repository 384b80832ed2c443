"""`rewind serve` as a child process, spoken to in JSON-RPC, a message a line (docs/serve.md)."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from typing import Any, Dict, List, Optional

from .errors import RewindError

_BUNDLED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_engine", "rewind.js")


class Engine:
    """Ends with this process, however that ends: it reads until its input does."""

    def __init__(self, arguments: Optional[List[str]] = None) -> None:
        self._lock = threading.Lock()
        self._next_id = 1
        self._stderr = tempfile.TemporaryFile()
        command = _command() + ["serve"] + (arguments or [])
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=_environment()
            )
        except OSError as error:
            raise RewindError(f"Rewind's engine could not be started ({command[0]}): {error}") from error
        ready = self._read()["params"]
        self.env: Dict[str, str] = ready["env"]
        self.hook_folder: str = ready["hooks"]["pythonFolder"]

    def call(self, method: str, **params: Any) -> Any:
        """Raises RewindError with what the engine says went wrong."""
        with self._lock:
            request = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params}
            self._next_id += 1
            try:
                assert self._child.stdin is not None
                self._child.stdin.write(json.dumps(request).encode() + b"\n")
                self._child.stdin.flush()
            except OSError as error:
                raise self._gone() from error
            answer = self._read()
        if "error" in answer:
            hint = answer["error"].get("data", {}).get("hint")
            raise RewindError(answer["error"]["message"] + (f"\n{hint}" if hint else ""))
        return answer["result"]

    def close(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._stderr.close()

    def _read(self) -> Dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise self._gone()
        message: Dict[str, Any] = json.loads(line)
        return message

    def _gone(self) -> RewindError:
        code = self._child.wait()
        self._stderr.seek(0)
        said = self._stderr.read().decode("utf-8", "replace")[-4000:]
        return RewindError(f"Rewind's engine ended ({code})\n{said}".rstrip())


def _command() -> List[str]:
    """`REWIND_BIN`, else the engine in this package, else `rewind` on PATH."""
    named = os.environ.get("REWIND_BIN")
    if named:
        return [_node(), named] if named.endswith((".js", ".mjs", ".ts")) else [named]
    if os.path.exists(_BUNDLED):
        return [_node(), _BUNDLED]
    found = shutil.which("rewind")
    if found:
        return [found]
    raise RewindError("`rewind` is not on PATH\nInstall it: npm install -g llm-rewind")


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        raise RewindError("Rewind's engine needs Node 20.12 or later, and there is no `node` on PATH")
    return found


def _environment() -> Dict[str, str]:
    """Coverage and debuggers of the test run are not meant for the engine."""
    return {name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", "NODE_V8_COVERAGE")}
