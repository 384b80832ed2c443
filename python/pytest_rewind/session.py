"""What a test sees of its recording."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from .engine import Engine
from .errors import RewindDivergence


@dataclass(frozen=True)
class Call:
    """A call to a model. `raw`: all that `rewind inspect --json` says of it."""

    index: int
    model: Optional[str]
    text: str
    finish_reason: Optional[str]
    input_tokens: int
    output_tokens: int
    cost_usd: Optional[float]
    raw: Dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class ToolRun:
    """What `rewind.tool` told of a tool: what it gave or raised itself. `label`: "EXACT" where it came from the cassette
    and did not run, None where it ran."""

    arguments: Any
    result: Any
    error: Optional[Dict[str, str]]
    duration_ms: float
    label: Optional[str]


@dataclass(frozen=True)
class ToolCall:
    """A tool call that the model asked for; `result` is what the agent sent back, None where it did not. `run`: None where
    the tool is not wrapped in `rewind.tool`."""

    index: int
    name: str
    arguments: Any
    result: Any
    run: Optional[ToolRun]
    raw: Dict[str, Any] = field(repr=False)


class RewindSession:
    """The run of one test. Everything is read anew each time: a test may look while its agent runs."""

    def __init__(self, engine: Engine, cassette: str, mode: str) -> None:
        self._engine = engine
        self.cassette = cassette
        #: `replay`, `record` or `live`: what `once` came down to.
        self.mode = mode

    @property
    def calls(self) -> List[Call]:
        return [_call(step) for step in self._so_far()["steps"] if step["kind"] == "call"]

    def tools(self, name: Optional[str] = None) -> List[ToolCall]:
        found = [_tool(step) for step in self._so_far()["steps"] if step["kind"] == "tool"]
        return [tool for tool in found if name is None or tool.name == name]

    @property
    def cost_usd(self) -> Optional[float]:
        """None where no price is known."""
        cost: Optional[float] = self._so_far()["session"]["costUsd"]
        return cost

    @property
    def tokens(self) -> int:
        session = self._so_far()["session"]
        return int(session["inputTokens"] + session["outputTokens"])

    def assert_no_divergence(self) -> None:
        """Every request was answered as recorded, and none was left out."""
        so_far = self._so_far()
        says: List[str] = list(so_far["misses"])
        left = so_far["neverAsked"]
        if left:
            says.append(f"recorded calls never asked for: {', '.join(map(str, left))}")
        if says:
            raise RewindDivergence("\n".join([f"{self.cassette}: the run diverged", *says]))

    def _so_far(self) -> Dict[str, Any]:
        answer: Dict[str, Any] = self._engine.call("steps")
        return answer


def _call(step: Dict[str, Any]) -> Call:
    usage = step["usage"] or {}
    return Call(
        index=step["index"],
        model=step["model"],
        text="".join(part.get("text", "") for part in step["output"]["parts"] if part["type"] == "text"),
        finish_reason=step["finishReason"],
        input_tokens=usage.get("input") or 0,
        output_tokens=usage.get("output") or 0,
        cost_usd=step["costUsd"],
        raw=step,
    )


def _tool(step: Dict[str, Any]) -> ToolCall:
    result = step["result"]
    return ToolCall(
        index=step["index"],
        name=step["name"],
        arguments=step["arguments"],
        result=_text(result),
        run=_run(step["run"]),
        raw=step,
    )


def _run(run: Optional[Dict[str, Any]]) -> Optional[ToolRun]:
    if run is None:
        return None
    return ToolRun(
        arguments=run["arguments"],
        result=run["result"],
        error=run["error"],
        duration_ms=run["durationMs"],
        label=run["label"],
    )


def _text(result: Any) -> Any:
    parts = result.get("parts") if isinstance(result, dict) else None
    if parts and all(part["type"] == "text" for part in parts):
        return "".join(part["text"] for part in parts)
    return result
