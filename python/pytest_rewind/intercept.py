"""Sends this process's calls to models to the engine: with the hook that Rewind loads into every Python agent, loaded late.

What is there already is brought along: TLS contexts that clients made when they were imported learn to trust the engine,
and connections that are open to a provider are shut, or a replay could be billed."""

import gc
import os
import socket
import ssl
import sys
from contextlib import contextmanager
from typing import Dict, Iterator, Mapping

_HOOK = "_rewind_hook"


def is_intercepted() -> bool:
    """By a `rewind record` or `rewind replay` around the test run."""
    return _HOOK in sys.modules


def intercept_this_process(folder: str, env: Mapping[str, str]) -> None:
    given = {name: env[name] for name in ("REWIND_PROXY", "REWIND_HOSTS", "REWIND_CA") if name in env}
    # Tests are many and short: what finds a call's line across every await costs more than it tells here.
    given["REWIND_SITES"] = os.environ.get("REWIND_SITES", "fast")
    with variables(given):
        sys.path.insert(0, folder)
        try:
            hook = __import__(_HOOK)
        finally:
            sys.path.remove(folder)
    _bring_along(given["REWIND_CA"], hook.intercepted)


def _bring_along(ca_file: str, intercepted: object) -> None:
    for found in gc.get_objects():
        try:
            if isinstance(found, ssl.SSLContext):
                found.load_verify_locations(cafile=ca_file)
            elif isinstance(found, (ssl.SSLSocket, ssl.SSLObject)):
                _shut(found, intercepted)
        except (ReferenceError, ssl.SSLError, OSError, ValueError):
            continue  # gone meanwhile, or of a kind that takes no authorities


def _shut(connection: object, intercepted: object) -> None:
    host = getattr(connection, "server_hostname", None)
    if host and callable(intercepted) and intercepted(host, None) and isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    before: Dict[str, object] = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = str(value)
