"""Rewind inside an agent: tools and sessions that are recorded, and answered from the recording on a replay.

Without Rewind around it, everything in here only calls your function.
"""

from ._errors import ToolError, ToolMiss
from ._session import session
from ._tool import tool

__version__ = "0.1.0"
__all__ = ["ToolError", "ToolMiss", "session", "tool"]
