"""The user's own frames on Python's stack."""

import os
import sys

from .user_code import is_user_path

_user = {}

# Frames below these belong to whoever started the event loop, not to the code that runs in it.
_loop_files = ("asyncio/events.py", "asyncio/runners.py", "asyncio/base_events.py", "trio/_core/_run.py")
_loop_files = tuple(os.sep + name.replace("/", os.sep) for name in _loop_files)
_loop_functions = frozenset(("_run", "run", "_run_once", "run_forever", "run_until_complete", "unrolled_run"))
_loop = {}

_deepest = 400


def _is_user(filename):
    known = _user.get(filename)
    if known is None:
        known = _user[filename] = not filename.startswith("<") and is_user_path(os.path.abspath(filename))
    return known


def _is_loop(code):
    known = _loop.get(code.co_filename)
    if known is None:
        known = _loop[code.co_filename] = code.co_filename.endswith(_loop_files)
    return known and code.co_name in _loop_functions


def user_frames(count):
    """Up to `count` user frames as (file, line, column, function), innermost first, up to the event loop. Column 0 where
    Python does not know it (before 3.11)."""
    found = []
    frame = sys._getframe(1)
    for _ in range(_deepest):
        if frame is None:
            break
        code = frame.f_code
        if _is_user(code.co_filename):
            found.append((os.path.abspath(code.co_filename), frame.f_lineno or 0, _column(frame), code.co_name))
            if len(found) >= count:
                break
        elif _is_loop(code):
            break
        frame = frame.f_back
    return found


def _column(frame):
    positions = getattr(frame.f_code, "co_positions", None)
    if positions is None or frame.f_lasti < 0:
        return 0
    from itertools import islice

    for _line, _end_line, column, _end_column in islice(positions(), frame.f_lasti // 2, None):
        return 0 if column is None else column + 1
    return 0
