"""What happens around a tool while Rewind is there: it is asked first, and told how the tool ended.

Written once for all kinds of functions, as generators that yield what is next to be done: a call to make (plain functions
make it, coroutines await it), or an item to `Give`. `_tool` drives them."""

import time
from functools import partial
from typing import Any, Callable, Dict, Generator, List, NamedTuple, Optional, Union

from ._engine import Engine, Lost, Talk
from ._errors import ToolMiss, describe_error, recorded_error
from ._values import decode, encode


class Give(NamedTuple):
    """Of a stream: the item that whoever takes from it gets next."""

    item: Any


#: In place of what comes back for an item: who took them had enough. `yield from` does not pass a GeneratorExit on.
_LEFT = object()

#: Returns what ends the call, by giving its value or raising. It is called outside: no StopIteration leaves a generator.
Course = Generator[Union[Callable[[], Any], Give], Any, Callable[[], Any]]


class Way(NamedTuple):
    """How to talk to the engine, and to a generator of the agent's."""

    say: Callable[[Talk, str, Dict[str, Any]], Any]
    send: str
    throw: str
    close: str


AT_ONCE = Way(Talk.say, "send", "throw", "close")
WAITING = Way(Talk.say_async, "asend", "athrow", "aclose")


class Steps:
    """Goes through a course: before the next step, `value` or `error` is what came of the last one."""

    end: Callable[[], Any]

    def __init__(self, course: Course) -> None:
        self._course = course
        self.value: Any = None
        self.error: Optional[BaseException] = None
        self._step: Any = None

    def __iter__(self) -> "Steps":
        return self

    def __next__(self) -> Any:
        value, error = self.value, self.error
        self.value = self.error = None
        if isinstance(error, GeneratorExit) and isinstance(self._step, Give):
            value, error = _LEFT, None
        try:
            self._step = self._course.send(value) if error is None else self._course.throw(error)
            return self._step
        except StopIteration as stop:
            self.end = stop.value
            raise


class Run:
    """One call of a tool: what it was told, and what it tells."""

    def __init__(self, engine: Engine, question: Dict[str, Any], replay: Optional[str], start: Callable[[], Any]) -> None:
        self.talk = Talk(engine)
        self.question = question
        self.start = start
        self._tape = engine.wants_tape(replay)
        self._id: Any = None
        self._began = 0.0

    def lost(self) -> None:
        """The engine cannot be asked: the tool runs, unless that would make something happen twice."""
        if self._tape:
            raise ToolMiss("Rewind is gone, and %s was to be answered from its recording" % self.question["name"]) from None

    def must_run(self, answer: Dict[str, Any]) -> bool:
        if answer.get("answer") != "run":
            return False
        self._id = answer.get("id")
        self._began = time.perf_counter()
        return True

    def report(self, **told: Any) -> Dict[str, Any]:
        return {**told, "id": self._id, "durationMs": (time.perf_counter() - self._began) * 1000}

    def given(self, answer: Dict[str, Any]) -> Any:
        """What the engine gives in the tool's place. Of a stream: the list of its items."""
        kind = answer.get("answer")
        if kind == "miss":
            raise ToolMiss(str(answer.get("message")))
        if kind == "error":
            raise recorded_error(answer.get("error") or {})
        try:
            return decode(answer["items"] if "items" in answer else answer.get("result"), answer.get("forms"))
        except Exception as error:
            name = self.question["name"]
            raise ToolMiss("The recorded result of %s cannot be made again: %s" % (name, error)) from None


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

    def told(self) -> Dict[str, Any]:
        return {"items": self._items, "forms": self._forms, "opaque": not self._whole}


def call(run: Run, way: Way) -> Course:
    """A function that gives one value."""
    try:
        answer = yield from _asked(run, way)
        if answer is not None and not run.must_run(answer):
            return partial(run.given, answer)
        told: Dict[str, Any]
        try:
            value = yield run.start
        except Exception as error:
            end, told = partial(_raise, error), {"error": describe_error(error)}
        else:
            encoded, forms, whole = encode(value)
            end, told = partial(_same, value), {"result": encoded, "forms": forms, "opaque": not whole}
        return end if answer is None else (yield from _told(run, way, told, end))
    finally:
        run.talk.close()  # cancelled: the engine sees that nobody will report


def stream(run: Run, way: Way) -> Course:
    """A generator."""
    try:
        answer = yield from _asked(run, way)
        if answer is None:
            return (yield from passed_on(run.start(), way))
        if run.must_run(answer):
            return (yield from passed_on(run.start(), way, run))
        for item in _recorded_items(run, answer):
            yield Give(item)
        return partial(_recorded_end, answer)
    finally:
        run.talk.close()


def passed_on(inner: Any, way: Way, run: Optional[Run] = None) -> Course:
    """What goes to a generator and comes from it; `run` is told of that."""
    items = _Items()
    sent: Any = None
    thrown: Optional[BaseException] = None
    while True:
        told: Dict[str, Any]
        try:
            send = partial(getattr(inner, way.send), sent)
            item = yield send if thrown is None else partial(getattr(inner, way.throw), thrown)
        except (StopIteration, StopAsyncIteration) as stop:
            end, told = partial(_same, getattr(stop, "value", None)), items.told()
            return end if run is None else (yield from _told(run, way, told, end))
        except Exception as error:
            end, told = partial(_raise, error), {**items.told(), "error": describe_error(error)}
            return end if run is None else (yield from _told(run, way, told, end))
        if run is not None:
            items.add(item)
        sent, thrown = None, None
        try:
            sent = yield Give(item)
        except BaseException as error:
            thrown = error
        if sent is _LEFT:
            yield getattr(inner, way.close)
            if run is not None:
                # An async generator that is being closed may not wait for another turn.
                run.talk.become_blocking()
                try:
                    run.talk.say("done", run.report(**items.told()))
                except Lost:
                    pass  # it is recorded as unfinished
            return partial(_raise, GeneratorExit())


def _asked(run: Run, way: Way) -> Generator[Callable[[], Any], Any, Optional[Dict[str, Any]]]:
    """None where nobody answers, and the tool runs as if Rewind were not there."""
    try:
        answer: Dict[str, Any] = yield partial(way.say, run.talk, "ask", run.question)
        return answer
    except Lost:
        run.lost()
        return None


def _told(
    run: Run, way: Way, told: Dict[str, Any], end: Callable[[], Any]
) -> Generator[Callable[[], Any], Any, Callable[[], Any]]:
    """Reports, and gives how the call ends: as the tool did, or with what the engine puts in its place."""
    try:
        answer = yield partial(way.say, run.talk, "done", run.report(**told))
    except Lost:
        return end
    return partial(run.given, answer) if "answer" in answer else end


def _recorded_items(run: Run, answer: Dict[str, Any]) -> List[Any]:
    """What a recorded stream gave; its error comes behind, see `_recorded_end`."""
    if answer.get("answer") == "error" and "items" not in answer:
        return []
    items = run.given(answer if answer.get("answer") == "miss" else {**answer, "answer": "result"})
    return items if isinstance(items, list) else [items]


def _recorded_end(answer: Dict[str, Any]) -> None:
    if answer.get("answer") == "error":
        raise recorded_error(answer.get("error") or {})


def _same(value: Any) -> Any:
    return value


def _raise(error: BaseException) -> Any:
    raise error
