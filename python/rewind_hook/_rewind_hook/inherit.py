"""Deep mode: tasks, threads and executor jobs inherit the user frames of the code that started them."""

import contextvars
import itertools
from _thread import _local

from .after_import import quietly
from .dress import wraps
from .frames import user_frames

_kept = 6
_order = itertools.count(1)
_task = contextvars.ContextVar("rewind", default=None)
_thread = _local()


def inherited_frames():
    """The newer of what the task and what the thread inherited."""
    candidates = [item for item in (_task.get(), getattr(_thread, "origin", None)) if item]
    return max(candidates)[1] if candidates else []


def _origin():
    frames = user_frames(_kept)
    for frame in inherited_frames():
        if len(frames) >= _kept:
            break
        if frame not in frames:
            frames.append(frame)
    return (next(_order), frames) if frames else None


def _patch_tasks(base_events):
    _patch_loop(base_events.BaseEventLoop)


def _patch_uvloop(uvloop):
    _patch_loop(uvloop.Loop)


def _patch_loop(loop):
    # What runs later in the loop does so in a copy of the context in which it was asked for.
    for name in ("create_task", "call_soon_threadsafe", "call_later"):
        setattr(loop, name, _inheriting(getattr(loop, name)))


def _inheriting(start):
    @wraps(start)
    def patched(self, *args, **options):
        origin = quietly(_origin)
        if not origin:
            return start(self, *args, **options)
        context = options.get("context")
        if context is not None:
            quietly(context.run, _task.set, origin)
            return start(self, *args, **options)
        token = _task.set(origin)
        try:
            return start(self, *args, **options)
        finally:
            _task.reset(token)

    return patched


def _patch_jobs(module):
    # Not `submit` with a wrapped function: the agent's tracebacks would show the wrapper.
    item = module._WorkItem
    create, run = item.__init__, item.run

    @wraps(create)
    def __init__(self, *args, **options):
        create(self, *args, **options)
        self._rewind = quietly(_origin)

    @wraps(run)
    def patched(self, *args, **options):
        before = getattr(_thread, "origin", None)
        _thread.origin = getattr(self, "_rewind", None)
        try:
            return run(self, *args, **options)
        finally:
            _thread.origin = before

    item.__init__, item.run = __init__, patched


def _patch_threads(module):
    thread = module.Thread
    start, bootstrap = thread.start, thread._bootstrap_inner
    origins = {}

    @wraps(start)
    def patched(self):
        origin = quietly(_origin)
        if origin:
            origins[id(self)] = origin
        try:
            return start(self)
        except BaseException:
            origins.pop(id(self), None)
            raise

    @wraps(bootstrap)
    def _bootstrap_inner(self):
        _thread.origin = origins.pop(id(self), None)
        return bootstrap(self)

    thread.start, thread._bootstrap_inner = patched, _bootstrap_inner


def patches():
    return {
        "asyncio.base_events": _patch_tasks,
        "concurrent.futures.thread": _patch_jobs,
        "threading": _patch_threads,
        "uvloop": _patch_uvloop,
    }
