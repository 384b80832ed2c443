"""Tests of AI agents that need no key and no network: the pytest plugin of Rewind (docs/testing-agents.md).

    @pytest.mark.rewind(cassette="tests/cassettes/refund.rw")
    def test_refund(rewind_session): ...

Python 3.9 and later, standard library and pytest only. The engine is `rewind serve`, a child process.
"""

from .errors import RewindDivergence, RewindError, RewindMiss
from .session import Call, RewindSession, ToolCall

__all__ = ["Call", "RewindDivergence", "RewindError", "RewindMiss", "RewindSession", "ToolCall"]
