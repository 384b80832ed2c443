"""Sends this process's calls to models to the engine: with the hook that Rewind loads into every Python agent, loaded late.

What is there already is brought along: TLS contexts that clients made when they were imported learn to trust the engine,
and connections that are open to a provider are shut, or a replay could be billed."""

import gc
import os
import socket
import ssl
import sys
import urllib.request
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping

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
    _bring_along(sys.modules[_HOOK + ".trust"].own_authority(given["REWIND_CA"]), hook.intercepted)
    _need_no_proxy(given["REWIND_PROXY"])


def _need_no_proxy(url: str) -> None:
    """Proxy variables are for child processes: here connections are led to the engine anyway, and httpx makes three TLS
    contexts for each client where it finds a proxy, 25 ms each."""
    original = urllib.request.getproxies

    def getproxies() -> Dict[str, str]:
        return {scheme: proxy for scheme, proxy in original().items() if proxy.rstrip("/") != url.rstrip("/")}

    for module in list(sys.modules.values()):
        names: Dict[str, Any] = getattr(module, "__dict__", {})
        for name in ("getproxies", "getproxies_environment"):
            if names.get(name) is original:
                names[name] = getproxies


def _bring_along(authority: str, intercepted: object) -> None:
    for found in gc.get_objects():
        try:
            if isinstance(found, ssl.SSLContext):
                found.load_verify_locations(cadata=authority)
            elif isinstance(found, (ssl.SSLSocket, ssl.SSLObject)):
                _shut(found, intercepted)
        except (ReferenceError, ssl.SSLError, OSError, ValueError):
            continue  # gone meanwhile, or of a kind that takes no authorities


def _shut(connection: object, intercepted: object) -> None:
    host = getattr(connection, "server_hostname", None)
    if host and callable(intercepted) and intercepted(host, None) and isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)


def connect_helpers() -> None:
    """`rewind.tool` reads the environment when it is imported, which may have been before the test."""
    helpers = sys.modules.get("rewind._engine")
    if helpers is not None:
        helpers.connect(os.environ.get("REWIND_TOOLS"), os.environ.get("REWIND_REPLAY"))


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Sets variables, here and for child processes."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def variables_of_children(values: Mapping[str, str]) -> Iterator[None]:
    """Sets variables for child processes only, those that this process has not set itself."""
    unset = [name for name in values if name not in os.environ]
    for name in unset:
        os.putenv(name, values[name])
    try:
        yield
    finally:
        for name in unset:
            if name not in os.environ:
                os.unsetenv(name)
