"""How a miss is shown: the lines of the user's own that led to it, and what the engine says of it."""

import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Iterator, NoReturn, Optional

import pytest

from .errors import RewindMiss

#: What the engine's answer to a miss says, and clients make an error of.
ANSWERED = "has no recorded answer"

_HERE = str(Path(__file__).parent)
_LIBRARIES = tuple({_HERE, *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))})


def raise_miss(text: str, cause: Optional[BaseException]) -> NoReturn:
    """Fails the test. Of a client's error that says what the engine answered only the lines that led there are kept;
    another one is shown before the miss."""
    __tracebackhide__ = True
    traceback = None
    for entry in reversed(list(_own(cause.__traceback__ if cause else None))):
        traceback = TracebackType(traceback, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    if traceback is None:
        # Not hidden: pytest would say below the text that all entries are.
        __tracebackhide__ = False
        raise pytest.fail.Exception(text, pytrace=False) from cause
    miss = RewindMiss(text).with_traceback(traceback)
    raise miss from (None if ANSWERED in str(cause) else cause)


def _own(traceback: Optional[TracebackType]) -> Iterator[TracebackType]:
    while traceback:
        if _is_own(traceback):
            yield traceback
        traceback = traceback.tb_next


def _is_own(entry: TracebackType) -> bool:
    file = entry.tb_frame.f_code.co_filename
    return not (file.startswith((*_LIBRARIES, "<")) or "site-packages" in file or "dist-packages" in file)
