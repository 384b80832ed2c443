"""Where in the agent's code a tool is called: found by Rewind's hook, which is there whenever `rewind record` or `replay`
started the process. Format: src/wire/call-site.ts."""

import os
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

_here = os.path.dirname(os.path.abspath(__file__)) + os.sep
_longest = 4096
_most_frames = 8

Frame = Tuple[str, int, int, str]


def call_site(function: Callable[..., Any]) -> Optional[str]:
    try:
        return _call_site(function)
    except Exception:
        return None  # the agent must not notice


def _call_site(function: Callable[..., Any]) -> Optional[str]:
    from base64 import urlsafe_b64encode
    from json import dumps

    announce = sys.modules.get("_rewind_hook.announce")
    frames = _own(announce.user_frames(_most_frames + 6)) if announce else []
    via = "s" if frames else "n"
    if not frames:
        frames, via = _definition(function), "i"
    inherit = sys.modules.get("_rewind_hook.inherit")
    for frame in _own(inherit.inherited_frames()) if inherit else []:
        if frame not in frames:
            frames.append(frame)
    if not frames:
        return None
    site: Dict[str, Any] = {
        "v": 1,
        "l": "p",
        "q": next(announce._sequence) if announce else 0,
        "p": os.getpid(),
        "t": announce.get_native_id() if announce else 0,
        "w": via,
        "f": frames[:_most_frames],
    }
    task = announce._task_name() if announce else None
    if task is not None:
        site["k"] = task[:200]
    while True:
        text = urlsafe_b64encode(dumps(site, separators=(",", ":")).encode()).rstrip(b"=").decode()
        if len(text) <= _longest or not site["f"]:
            return text
        site["f"] = site["f"][:-1]


def _own(frames: List[Frame]) -> List[Frame]:
    return [frame for frame in frames if not frame[0].startswith(_here)]


def _definition(function: Callable[..., Any]) -> List[Frame]:
    """Called by a framework: the tool itself says more than the line that started the framework."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename.startswith("<"):
        return []
    return [(os.path.abspath(code.co_filename), code.co_firstlineno, 0, code.co_name)]
