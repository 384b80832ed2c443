"""`rewind.tool`: a function that asks Rewind before it runs, and says afterwards how it ended."""

import functools
import inspect
from typing import Any, Callable, Dict, List, Literal, Optional, Protocol, Tuple, TypeVar, Union, overload

from . import _engine
from ._run import AT_ONCE, WAITING, Give, Run, Steps, call, passed_on, stream
from ._session import current_tag
from ._site import call_site
from ._values import plain

Replay = Literal["tape", "run"]


class _Named(Protocol):
    """LangChain's tools are objects."""

    name: str


T = TypeVar("T", bound=Union[Callable[..., Any], _Named])


@overload
def tool(function: T, *, name: Optional[str] = None, replay: Optional[Replay] = None) -> T: ...
@overload
def tool(*, name: Optional[str] = None, replay: Optional[Replay] = None) -> Callable[[T], T]: ...
def tool(function: Any = None, *, name: Optional[str] = None, replay: Optional[Replay] = None) -> Any:
    """Records a tool's runs while Rewind is there; only calls `function` otherwise.

    `function`: a function, coroutine function, generator or async generator, or a LangChain tool. `name`: as the model
    knows it; the function's own by default. `replay`: on a replay, "tape" gives the recorded result in place of running
    the function, so that its effects do not happen twice; "run", the default, runs it again.
    """
    if replay not in (None, "tape", "run"):
        raise ValueError('replay is "tape" or "run", not %r' % (replay,))
    if function is None:
        return functools.partial(tool, name=name, replay=replay)
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_wrapped(function.__func__, name, replay))
    inner = [part for part in ("func", "coroutine") if callable(getattr(function, part, None))]
    if inner and hasattr(function, "name") and not isinstance(function, functools.partial):
        # LangChain's tools hold the function in `func`, its async twin in `coroutine`.
        for part in inner:
            setattr(function, part, _wrapped(getattr(function, part), name or function.name, replay))
        return function
    if not callable(function):
        raise TypeError("rewind.tool takes a function, not %r" % (function,))
    return _wrapped(function, name, replay)


class _Tool:
    """What is known of a tool."""

    def __init__(self, function: Callable[..., Any], name: Optional[str], replay: Optional[str]) -> None:
        self.function = function
        self.name = name or getattr(function, "__name__", None) or type(function).__name__
        self.replay = replay
        self._signature: Optional[inspect.Signature] = None

    def question(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
        message: Dict[str, Any] = {"name": self.name}
        given, call_id = self._arguments(args, kwargs)
        message["arguments"] = given
        for key, value in (
            ("callId", call_id),
            ("site", call_site(self.function)),
            ("session", current_tag()),
            ("replay", self.replay),
        ):
            if value is not None:
                message[key] = value
        return message

    def _arguments(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Dict[str, Any], Optional[str]]:
        """By parameter name, as the model gave them; not what a framework puts in beside them."""
        named = self._named(args, kwargs)
        call_id = None
        arguments = {}
        for key, value in named.items():
            found = value if key == "tool_call_id" else getattr(value, "tool_call_id", None)
            if isinstance(found, str):
                call_id = found
            elif key not in self._framework():
                arguments[key] = plain(value)[0]
        return arguments, call_id

    def _named(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
        try:
            if self._signature is None:
                self._signature = inspect.signature(self.function)
            bound = self._signature.bind(*args, **kwargs).arguments
        except (TypeError, ValueError):
            return {**{str(i): value for i, value in enumerate(args)}, **kwargs}
        named: Dict[str, Any] = {}
        for i, (key, value) in enumerate(bound.items()):
            kind = self._signature.parameters[key].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                named.update(value)
            elif not (i == 0 and key in ("self", "cls") and self._is_method()):
                named[key] = value
        return named

    def _is_method(self) -> bool:
        scope, _, _ = getattr(self.function, "__qualname__", "").rpartition(".")
        return bool(scope) and not scope.endswith("<locals>")

    def _framework(self) -> List[str]:
        if self._signature is None:
            return []
        kinds = ("RunnableConfig", "CallbackManager", "Callbacks", "ToolRuntime", "RunContext", "InjectedState")
        return [
            key
            for key, parameter in self._signature.parameters.items()
            if any(kind in str(parameter.annotation) for kind in kinds)
        ]


def _wrapped(function: Callable[..., Any], name: Optional[str], replay: Optional[str]) -> Callable[..., Any]:
    known = _Tool(function, name, replay)
    called = getattr(function, "__call__", None)
    if inspect.isasyncgenfunction(function):
        return _async_generator(known)
    if inspect.isgeneratorfunction(function):
        return _generator(known)
    if inspect.iscoroutinefunction(function) or (not inspect.isroutine(function) and inspect.iscoroutinefunction(called)):
        return _coroutine(known)
    return _plain_function(known)


def _run(known: _Tool, engine: _engine.Engine, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Run:
    start = functools.partial(known.function, *args, **kwargs)
    return Run(engine, known.question(args, kwargs), known.replay, start)


def _plain_function(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return function(*args, **kwargs)
        steps = Steps(call(_run(known, engine, args, kwargs), AT_ONCE))
        for step in steps:
            try:
                steps.value = step()
            except BaseException as error:
                steps.error = error
        return steps.end()

    return tool


def _coroutine(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    async def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return await function(*args, **kwargs)
        steps = Steps(call(_run(known, engine, args, kwargs), WAITING))
        for step in steps:
            try:
                steps.value = await step()
            except BaseException as error:
                steps.error = error
        return steps.end()

    return tool


def _generator(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return (yield from function(*args, **kwargs))
        steps = Steps(stream(_run(known, engine, args, kwargs), AT_ONCE))
        for step in steps:
            try:
                steps.value = (yield step.item) if isinstance(step, Give) else step()
            except BaseException as error:
                steps.error = error
        return steps.end()

    return tool


def _async_generator(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    async def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            steps = Steps(passed_on(function(*args, **kwargs), WAITING))
        else:
            steps = Steps(stream(_run(known, engine, args, kwargs), WAITING))
        for step in steps:
            try:
                steps.value = (yield step.item) if isinstance(step, Give) else await step()
            except BaseException as error:
                steps.error = error
        steps.end()

    return tool
