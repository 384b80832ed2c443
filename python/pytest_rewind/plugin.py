"""pytest's side: the option, the marker, the fixture, and one engine a process (so a worker of xdist has its own)."""

import hashlib
import os
import re
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Dict, Generator, List, Optional

import pytest

from .engine import Engine
from .errors import RewindError
from .intercept import connect_helpers, intercept_this_process, is_intercepted, variables, variables_of_children
from .miss import raise_miss
from .mode import MODES, mode_for
from .session import RewindSession

_OPEN = pytest.StashKey["_OpenCassette"]()
_ENGINE = pytest.StashKey[Engine]()

try:
    _around = pytest.hookimpl(wrapper=True, tryfirst=True)
except TypeError:
    # To go on without it would send marked tests to the provider.
    raise ImportError(
        "Rewind's pytest plugin needs pytest 7.4 and pluggy 1.2 or later: pip install -U pytest pluggy. "
        "To run tests without it: pytest -p no:rewind"
    ) from None


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rewind", "recordings of calls to models")
    group.addoption(
        "--rewind-mode",
        choices=MODES,
        help="replay (the default), record, once or live; wins over REWIND_MODE and over what tests ask for",
    )
    group.addoption(
        "--rewind-all-http", action="store_true", help="record and replay every HTTP exchange, not only calls to models"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Opening(), "rewind-opening")
    config.addinivalue_line(
        "markers",
        "rewind(cassette=None, mode=None): answer the test's calls to models from a cassette; its default is "
        "cassettes/<file>/<test>.rw beside the test's file",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    engine = config.stash.get(_ENGINE, None)
    if engine is not None:
        del config.stash[_ENGINE]
        engine.close()


@pytest.fixture
def rewind_session(request: pytest.FixtureRequest) -> RewindSession:
    """The test's recording: its calls, tool calls, tokens and cost. Asking for it is as good as the marker."""
    opened = request.node.stash.get(_OPEN, None)
    if opened is None:
        pytest.fail("pytest itself runs under rewind: this test has no recording of its own to look at", pytrace=False)
    session: RewindSession = opened.session
    return session


class _OpenCassette:
    def __init__(self, engine: Engine, session: RewindSession, undo: ExitStack) -> None:
        self.engine = engine
        self.session = session
        self.undo = undo
        self.passed = True
        self.told = 0

    def raise_misses(self, cause: Optional[BaseException]) -> None:
        """Those that nobody was told of yet."""
        __tracebackhide__ = True
        misses: List[str] = self.engine.call("misses")
        untold, self.told = misses[self.told :], len(misses)
        if untold:
            self.passed = False
            text = "\n".join([f"{self.session.cassette} does not hold what was asked", *untold])
            raise_miss(f"{text}\nRecord it anew: pytest --rewind-mode=record", cause)


class _Opening:
    """Before the test's fixtures, which may call models too; inside of what other plugins wrap around the setup."""

    @staticmethod
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(item: pytest.Item) -> None:
        if _is_meant(item) and not _is_intercepted_by_others(item.config):
            with _as_failure():
                item.stash[_OPEN] = _open(item)


@_around
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _watched(item))


@_around
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _watched(item))


@_around
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    try:
        return (yield from _watched(item))
    finally:
        opened = item.stash.get(_OPEN, None)
        if opened is not None:
            del item.stash[_OPEN]
            with _as_failure():
                _close(item, opened)


@contextmanager
def _as_failure() -> Generator[None, None, None]:
    """What the engine says is all that there is to see: it went wrong outside of the test's code."""
    try:
        yield
    except RewindError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _watched(item: pytest.Item) -> Generator[None, Any, Any]:
    """A phase of the test; what was not on tape fails it, whether the agent noticed or not."""
    __tracebackhide__ = True
    # Looked for behind the phase: the first one opens it.
    try:
        result = yield
    except BaseException as error:
        opened = item.stash.get(_OPEN, None)
        if opened is None:
            raise
        opened.passed = False
        if isinstance(error, Exception) and not isinstance(error, pytest.skip.Exception):
            opened.raise_misses(error)
        raise
    opened = item.stash.get(_OPEN, None)
    if opened is not None:
        opened.raise_misses(None)
    return result


def _is_intercepted_by_others(config: pytest.Config) -> bool:
    return is_intercepted() and _ENGINE not in config.stash


def _is_meant(item: pytest.Item) -> bool:
    return item.get_closest_marker("rewind") is not None or "rewind_session" in getattr(item, "fixturenames", ())


def _open(item: pytest.Item) -> _OpenCassette:
    marker = item.get_closest_marker("rewind")
    options: Dict[str, Any] = dict(marker.kwargs) if marker else {}
    if marker and marker.args:
        options["cassette"] = marker.args[0]
    unknown = set(options) - {"cassette", "mode"}
    if unknown:
        raise RewindError(f"the marker rewind takes cassette and mode, not {', '.join(sorted(unknown))}")
    mode = mode_for(item.config.getoption("--rewind-mode"), options.get("mode"), os.environ)
    cassette = _cassette(item, options.get("cassette"), mode)
    engine = _engine(item.config)
    xdist = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    run = {"run": {"id": xdist, "by": item.nodeid}} if xdist else {}
    opened = engine.call("open", cassette=str(cassette), mode=mode, name=item.nodeid, **run)
    undo = ExitStack()
    # A client in this process trusts the engine anyway, and reads its own list of authorities sooner than our long one.
    bundle = engine.env["SSL_CERT_FILE"]
    trust = {name: value for name, value in engine.env.items() if value == bundle}
    undo.enter_context(variables_of_children(trust))
    rest = {name: value for name, value in engine.env.items() if name not in trust}
    undo.callback(connect_helpers)
    undo.enter_context(variables({**rest, **opened["env"]}))
    connect_helpers()
    return _OpenCassette(engine, RewindSession(engine, str(cassette), opened["mode"]), undo)


def _close(item: pytest.Item, opened: _OpenCassette) -> None:
    opened.undo.close()
    closed = opened.engine.call("close", passed=opened.passed)
    if closed["session"] is not None and not opened.passed:
        kept = closed["session"][:8]
        note = f"This run is session {kept}: rewind inspect {kept}"
        if closed["mode"] == "record":
            note = f"The test failed, so {opened.session.cassette} was not written. {note}"
        item.add_report_section("teardown", "rewind", note)


def _engine(config: pytest.Config) -> Engine:
    engine = config.stash.get(_ENGINE, None)
    if engine is None:
        engine = Engine(["--all-http"] if config.getoption("--rewind-all-http") else [])
        intercept_this_process(engine.hook_folder, engine.env)
        config.stash[_ENGINE] = engine
    return engine


def _cassette(item: pytest.Item, given: Optional[str], mode: str) -> Path:
    """A given path counts from pytest's root folder, as the marker stands in many files; the default is beside the file."""
    if given is not None:
        return item.config.rootpath / given
    owner = getattr(item, "cls", None)
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "-", f"{owner.__name__}.{item.name}" if owner else item.name)
    folder = item.path.parent / "cassettes"
    cassette = folder / item.path.stem / f"{_short(name)}.rw"
    if mode in ("replay", "once") and not cassette.exists():
        # Where vcrpy's plugins keep theirs: pytest-recording, then pytest-vcr.
        for other in (folder / item.path.stem / f"{name}.yaml", folder / f"{name}.yaml"):
            if other.exists():
                return other
    return cassette


def _short(name: str) -> str:
    """Parameters may be whole prompts, and a file's name has 255 bytes at most."""
    data = name.encode("utf-8", "replace")
    if len(data) <= 150:
        return name
    return f"{data[:140].decode('utf-8', 'ignore')}-{hashlib.sha256(data).hexdigest()[:8]}"
