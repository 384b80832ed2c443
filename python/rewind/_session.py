"""`rewind.session`: what runs inside has a recording of its own, named. Several may be open at once, in tasks and threads.

Requests carry its tag in the `rewind-session` header, which Rewind's hook adds and its proxy takes away."""

import contextvars
import functools
import inspect
import os
from typing import Any, Callable, Dict, List, Literal, Optional, Tuple, TypeVar, overload

from . import _engine
from ._engine import Lost, Talk

Mode = Literal["record", "replay", "once"]
F = TypeVar("F", bound=Callable[..., Any])

_tag: "contextvars.ContextVar[Optional[str]]" = contextvars.ContextVar("rewind.session", default=None)
_modes = (None, "record", "replay", "once")


def current_tag() -> Optional[str]:
    """The value of the `rewind-session` header for what runs here."""
    return _tag.get()


class Session:
    """Around a function, as a decorator, or around a block, with `with` or `async with`."""

    def __init__(self, name: Optional[str], mode: Optional[Mode]) -> None:
        if mode not in _modes:
            raise ValueError('mode is "record", "replay" or "once", not %r' % (mode,))
        self.name = name
        self.mode = mode
        self._open: "contextvars.ContextVar[Tuple[_Scope, ...]]" = contextvars.ContextVar("rewind.open", default=())

    @property
    def headers(self) -> Dict[str, str]:
        """For clients in a process that Rewind's hook is not in: what tells the proxy whose request it is."""
        tag = current_tag()
        return {} if tag is None else {"rewind-session": tag}

    def __enter__(self) -> "Session":
        scope = _Scope(self.name or "session", self.mode)
        self._open.set(self._open.get() + (scope,))
        scope.enter()
        return self

    def __exit__(self, *_error: Any) -> None:
        *rest, scope = self._open.get()
        self._open.set(tuple(rest))
        scope.leave()
        scope.end()

    async def __aenter__(self) -> "Session":
        return self.__enter__()

    async def __aexit__(self, *_error: Any) -> None:
        self.__exit__()

    def __call__(self, function: F) -> F:
        name = str(self.name or getattr(function, "__name__", "session"))
        around: F = _around(function, name, self.mode)
        return around


@overload
def session(name: F) -> F: ...
@overload
def session(name: Optional[str] = None, mode: Optional[Mode] = None) -> Session: ...
def session(name: Any = None, mode: Optional[Mode] = None) -> Any:
    """`@rewind.session`, `@rewind.session(name="refund")` or `with rewind.session("refund"):`.

    `mode`, where a stand-alone `rewind proxy` is what runs: "replay" answers from the latest session of that name, "once"
    does where there is one and records otherwise, "record" records. `rewind record` and `rewind replay` decide themselves.
    """
    if name is not None and not isinstance(name, str):
        return Session(None, mode)(name)
    return Session(name, mode)


class _Scope:
    """One use of a session."""

    def __init__(self, name: str, mode: Optional[str]) -> None:
        self._tag: Optional[str] = None
        self._before: List[Optional[str]] = []
        if _engine.current is not None:
            from urllib.parse import quote

            self._tag = "%s;id=%s" % (quote(name, safe=""), os.urandom(6).hex())
            if mode is not None:
                self._tag += ";mode=" + mode

    def enter(self) -> None:
        if self._tag is not None:
            self._before.append(_tag.get())
            _tag.set(self._tag)

    def leave(self) -> None:
        if self._tag is not None:
            _tag.set(self._before.pop())

    def end(self) -> None:
        engine = _engine.current
        if engine is None or self._tag is None:
            return
        talk = Talk(engine)
        try:
            talk.say("end", {"session": self._tag})
        except Lost:
            pass  # it ends with the run
        finally:
            talk.close()


def _around(function: Any, name: str, mode: Optional[str]) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_around(function.__func__, name, mode))
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def async_items(*args: Any, **kwargs: Any) -> Any:
            scope = _Scope(name, mode)
            inner = function(*args, **kwargs)
            sent: Any = None
            thrown: Optional[BaseException] = None
            try:
                while True:
                    # Between two items the caller's own session counts.
                    scope.enter()
                    try:
                        item = await (inner.asend(sent) if thrown is None else inner.athrow(thrown))
                    except StopAsyncIteration:
                        return
                    finally:
                        scope.leave()
                    sent, thrown = None, None
                    try:
                        sent = yield item
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as error:
                        thrown = error
            finally:
                scope.end()

        return async_items
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def items(*args: Any, **kwargs: Any) -> Any:
            scope = _Scope(name, mode)
            inner = function(*args, **kwargs)
            sent: Any = None
            thrown: Optional[BaseException] = None
            try:
                while True:
                    scope.enter()
                    try:
                        item = inner.send(sent) if thrown is None else inner.throw(thrown)
                    except StopIteration as stop:
                        return stop.value
                    finally:
                        scope.leave()
                    sent, thrown = None, None
                    try:
                        sent = yield item
                    except GeneratorExit:
                        inner.close()
                        raise
                    except BaseException as error:
                        thrown = error
            finally:
                scope.end()

        return items
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def task(*args: Any, **kwargs: Any) -> Any:
            if _engine.current is None:
                return await function(*args, **kwargs)
            scope = _Scope(name, mode)
            scope.enter()
            try:
                return await function(*args, **kwargs)
            finally:
                scope.leave()
                scope.end()

        return task

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _engine.current is None:
            return function(*args, **kwargs)
        scope = _Scope(name, mode)
        scope.enter()
        try:
            return function(*args, **kwargs)
        finally:
            scope.leave()
            scope.end()

    return call
