"""What tools raise, recorded and raised again."""

import sys
from typing import Any, Dict, Optional


class ToolError(Exception):
    """Raised in place of a recorded exception whose own type is not loaded, or cannot be made again."""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type
        self.message = message


class ToolMiss(Exception):
    """A tool was to be answered from a recording that has nothing for it. It did not run."""


def type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__qualname__)


def describe_error(error: BaseException) -> Dict[str, Any]:
    from ._values import plain

    described: Dict[str, Any] = {"type": type_name(error), "message": _message(error)}
    arguments = [plain(each) for each in error.args]
    if all(known for _, known in arguments):
        described["arguments"] = [value for value, _ in arguments]
    return described


def recorded_error(described: Dict[str, Any]) -> Exception:
    """The exception as it was. Only types that the program has loaded: who can catch one by name has loaded it, and a
    recording must not choose what is imported."""
    name, message = str(described.get("type")), str(described.get("message"))
    arguments = described.get("arguments")
    kind = _loaded(name)
    for given in ([arguments] if isinstance(arguments, list) else []) + [[message]]:
        if kind is None:
            break
        try:
            error: Exception = kind(*given)
            if _message(error) == message:
                return error
        except Exception:
            continue  # made otherwise than by its arguments
    return ToolError(name, message)


def _loaded(name: str) -> Optional[type]:
    from ._values import loaded

    module, _, qualname = name.rpartition(".") if "." in name else ("builtins", "", name)
    while module:
        found = loaded(module, qualname)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
        if module in sys.modules or "." not in module:
            return None
        module, _, outer = module.rpartition(".")
        qualname = "%s.%s" % (outer, qualname)
    return None


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
