"""Which mode a test runs in.

replay  answers come from the cassette; a request that it does not hold fails the test
record  the provider answers, and the cassette is written anew if the test passes
once    `replay` where the cassette is there, else `record`
live    the provider answers, no cassette is read or written
"""

from typing import Mapping, Optional

from .errors import RewindError

MODES = ("replay", "record", "once", "live")


def mode_for(flag: Optional[str], asked: Optional[str], env: Mapping[str, str]) -> str:
    """`--rewind-mode`, else REWIND_MODE, else what the test asks for, else `replay`. In CI a test cannot ask: what is
    not on tape must not be bought there by accident."""
    told = flag or env.get("REWIND_MODE")
    if not told:
        told = "replay" if _is_true(env.get("CI", "")) else asked or "replay"
    if told not in MODES:
        raise RewindError(f"{told!r} is no mode; modes are {', '.join(MODES)}")
    return told


def _is_true(value: str) -> bool:
    return value.lower() not in ("", "0", "false")
