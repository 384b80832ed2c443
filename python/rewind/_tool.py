"""`rewind.tool`: a function that asks Rewind before it runs, and says afterwards how it ended."""

import functools
import inspect
import time
from typing import Any, Callable, Dict, List, Literal, Optional, Protocol, Tuple, TypeVar, Union, overload

from . import _engine
from ._engine import Engine, Lost, Talk
from ._errors import ToolMiss, describe_error, recorded_error
from ._session import current_tag
from ._site import call_site
from ._values import decode, encode, plain

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


class _Run:
    """One call of a tool while Rewind is there: what it was told, and what it tells."""

    def __init__(self, tool: _Tool, engine: Engine, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> None:
        self.talk = Talk(engine)
        self.question = tool.question(args, kwargs)
        self._tool = tool
        self._engine = engine
        self._id: Any = None
        self._began = 0.0

    def lost(self) -> None:
        """The engine cannot be asked: the tool runs, unless that would make something happen twice."""
        if self._engine.wants_tape(self._tool.replay):
            raise ToolMiss("Rewind is gone, and %s was to be answered from its recording" % self._tool.name) from None

    def must_run(self, answer: Dict[str, Any]) -> bool:
        if answer.get("answer") != "run":
            return False
        self._id = answer.get("id")
        self._began = time.perf_counter()
        return True

    def result(self, value: Any) -> Dict[str, Any]:
        encoded, forms, whole = encode(value)
        return self._report({"result": encoded, "forms": forms, "opaque": not whole})

    def error(self, error: BaseException, items: Optional["_Items"] = None) -> Dict[str, Any]:
        return self._report({"error": describe_error(error), **(items.report() if items else {})})

    def items(self, items: "_Items") -> Dict[str, Any]:
        return self._report(items.report())

    def _report(self, message: Dict[str, Any]) -> Dict[str, Any]:
        message["id"] = self._id
        message["durationMs"] = (time.perf_counter() - self._began) * 1000
        return message


def _given(answer: Dict[str, Any], run: _Run) -> Any:
    """What the engine gives in the tool's place. Of a stream: the list of its items."""
    kind = answer.get("answer")
    if kind == "miss":
        raise ToolMiss(str(answer.get("message")))
    if kind == "error":
        raise recorded_error(answer.get("error") or {})
    try:
        return decode(answer["items"] if "items" in answer else answer.get("result"), answer.get("forms"))
    except Exception as error:
        raise ToolMiss("The recorded result of %s cannot be made again: %s" % (run.question["name"], error)) from None


def _wrapped(function: Callable[..., Any], name: Optional[str], replay: Optional[str]) -> Callable[..., Any]:
    known = _Tool(function, name, replay)
    call = getattr(function, "__call__", None)
    if inspect.isasyncgenfunction(function):
        return _async_generator(known)
    if inspect.isgeneratorfunction(function):
        return _generator(known)
    if inspect.iscoroutinefunction(function) or (not inspect.isroutine(function) and inspect.iscoroutinefunction(call)):
        return _coroutine(known)
    return _plain_function(known)


def _plain_function(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return function(*args, **kwargs)
        run = _Run(known, engine, args, kwargs)
        try:
            try:
                answer = run.talk.say("ask", run.question)
            except Lost:
                run.lost()
                return function(*args, **kwargs)
            if not run.must_run(answer):
                return _given(answer, run)
            try:
                value = function(*args, **kwargs)
            except Exception as error:
                return _settled(run, run.error(error), None, error)
            return _settled(run, run.result(value), value, None)
        finally:
            run.talk.close()

    return tool


def _coroutine(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    async def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return await function(*args, **kwargs)
        run = _Run(known, engine, args, kwargs)
        try:
            try:
                answer = await run.talk.say_async("ask", run.question)
            except Lost:
                run.lost()
                return await function(*args, **kwargs)
            if not run.must_run(answer):
                return _given(answer, run)
            try:
                value = await function(*args, **kwargs)
            except Exception as error:
                return await _settled_async(run, run.error(error), None, error)
            return await _settled_async(run, run.result(value), value, None)
        finally:
            run.talk.close()  # cancelled: the engine sees that nobody will report

    return tool


def _settled(run: _Run, report: Dict[str, Any], value: Any, error: Optional[Exception]) -> Any:
    """Reports, and gives what the tool gave, or what the engine puts in its place."""
    try:
        answer = run.talk.say("done", report)
    except Lost:
        answer = {}
    return _end(answer, run, value, error)


async def _settled_async(run: _Run, report: Dict[str, Any], value: Any, error: Optional[Exception]) -> Any:
    try:
        answer = await run.talk.say_async("done", report)
    except Lost:
        answer = {}
    return _end(answer, run, value, error)


def _end(answer: Dict[str, Any], run: _Run, value: Any, error: Optional[Exception]) -> Any:
    if "answer" in answer:
        return _given(answer, run)
    if error is not None:
        raise error
    return value


class _Items:
    """What a generator has given, each item as it was at that moment."""

    def __init__(self) -> None:
        self._items: List[Any] = []
        self._forms: Dict[str, str] = {}
        self._whole = True

    def add(self, item: Any) -> None:
        encoded, forms, whole = encode(item)
        at = "/%d" % len(self._items)
        self._items.append(encoded)
        self._forms.update({at + inner: form for inner, form in forms.items()})
        self._whole = self._whole and whole

    def report(self) -> Dict[str, Any]:
        return {"items": self._items, "forms": self._forms, "opaque": not self._whole}


def _recorded_items(answer: Dict[str, Any], run: _Run) -> List[Any]:
    """What a recorded stream gave; its error comes behind, see `_recorded_end`."""
    if answer.get("answer") == "error" and "items" not in answer:
        return []
    if answer.get("answer") == "miss":
        _given(answer, run)
    items = _given({**answer, "answer": "result"}, run)
    return items if isinstance(items, list) else [items]


def _recorded_end(answer: Dict[str, Any]) -> None:
    if answer.get("answer") == "error":
        raise recorded_error(answer.get("error") or {})


def _generator(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        if engine is None:
            return (yield from function(*args, **kwargs))
        run = _Run(known, engine, args, kwargs)
        try:
            try:
                answer = run.talk.say("ask", run.question)
            except Lost:
                run.lost()
                return (yield from function(*args, **kwargs))
            if not run.must_run(answer):
                yield from _recorded_items(answer, run)
                return _recorded_end(answer)
            items = _Items()
            inner = function(*args, **kwargs)
            sent: Any = None
            thrown: Optional[BaseException] = None
            while True:
                try:
                    item = inner.send(sent) if thrown is None else inner.throw(thrown)
                except StopIteration as stop:
                    _settled(run, run.items(items), None, None)
                    return stop.value
                except Exception as error:
                    return _settled(run, run.error(error, items), None, error)
                items.add(item)
                sent, thrown = None, None
                try:
                    sent = yield item
                except GeneratorExit:
                    inner.close()
                    _settled(run, run.items(items), None, None)  # who took it had enough
                    raise
                except BaseException as error:
                    thrown = error
        finally:
            run.talk.close()

    return tool


def _async_generator(known: _Tool) -> Callable[..., Any]:
    function = known.function

    @functools.wraps(function)
    async def tool(*args: Any, **kwargs: Any) -> Any:
        engine = _engine.current
        run = _Run(known, engine, args, kwargs) if engine is not None else None
        answer: Dict[str, Any] = {}
        if run is not None:
            try:
                answer = await run.talk.say_async("ask", run.question)
            except Lost:
                run.lost()
                run = None
        items = _Items()
        try:
            if run is not None and not run.must_run(answer):
                for item in _recorded_items(answer, run):
                    yield item
                _recorded_end(answer)
                return
            inner = function(*args, **kwargs)
            sent: Any = None
            thrown: Optional[BaseException] = None
            while True:
                try:
                    item = await (inner.asend(sent) if thrown is None else inner.athrow(thrown))
                except StopAsyncIteration:
                    break
                except Exception as error:
                    if run is not None:
                        await _settled_async(run, run.error(error, items), None, error)
                    raise
                if run is not None:
                    items.add(item)
                sent, thrown = None, None
                try:
                    sent = yield item
                except GeneratorExit:
                    await inner.aclose()
                    if run is not None:
                        _settled_now(run, items)
                    raise
                except BaseException as error:
                    thrown = error
            if run is not None:
                await _settled_async(run, run.items(items), None, None)
        finally:
            if run is not None:
                run.talk.close()

    return tool


def _settled_now(run: _Run, items: _Items) -> None:
    """Who took the items had enough. An async generator that is being closed may not wait for another turn."""
    run.talk.become_blocking()
    _settled(run, run.items(items), None, None)
