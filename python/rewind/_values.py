"""Python values as JSON and back: the JSON that people read, and beside it, by JSON pointer, what JSON has no word for."""

import dataclasses
import enum
import re
import sys
from typing import Any, Callable, Dict, List, Tuple

_safe = 2**53
_deepest = 100
_most = 200_000  # objects of one value: what is larger, or goes in circles, is described


def encode(value: Any) -> Tuple[Any, Dict[str, str], bool]:
    """(JSON, forms, whether it can be made again)."""
    forms: Dict[str, str] = {}
    try:
        return _encode(value, "", forms, 0, [_most]), forms, True
    except _Opaque:
        return plain(value)[0], {}, False
    except Exception:  # a value of the agent's that fights back is described
        return _described(value), {}, False


def decode(value: Any, forms: Any) -> Any:
    return _decode(value, "", forms if isinstance(forms, dict) else {})


def plain(value: Any) -> Tuple[Any, bool]:
    """(JSON that reads well, whether nothing had to be described). What a model would have sent, for arguments."""
    known = [True, _most // 20]
    return _plain(value, known, 0), bool(known[0])


def loaded(module: str, qualname: str) -> Any:
    found = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


class _Opaque(Exception):
    pass


def _encode(value: Any, at: str, forms: Dict[str, str], depth: int, left: List[int]) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        if -_safe < value < _safe:
            return value
        forms[at] = "int"
        return str(value)
    if kind is float:
        if value == value and value not in (float("inf"), float("-inf")):
            if value.is_integer():
                forms[at] = "float"
                return int(value) if abs(value) < _safe else repr(value)
            return value
        forms[at] = "float"
        return repr(value)
    left[0] -= 1
    if depth > _deepest or left[0] < 0:
        raise _Opaque
    if kind in (list, tuple, set, frozenset):
        if kind is not list:
            forms[at] = kind.__name__
        return _items(value, at, forms, depth, left)
    if kind is dict:
        if all(type(key) is str for key in value):
            return _fields(value, at, forms, depth, left)
        forms[at] = "dict"
        return [[_encode(key, _down(at, i, 0), forms, depth + 1, left), _encode(item, _down(at, i, 1), forms, depth + 1, left)]
                for i, (key, item) in enumerate(value.items())]
    if kind is bytes:
        from base64 import b64encode

        forms[at] = "bytes"
        return b64encode(value).decode()
    return _encode_object(value, at, forms, depth, left)


def _encode_object(value: Any, at: str, forms: Dict[str, str], depth: int, left: List[int]) -> Any:
    kind = type(value)
    name = "%s:%s" % (kind.__module__, kind.__qualname__)
    if kind.__module__ in ("datetime", "decimal", "uuid", "pathlib") and name in _by_text:
        forms[at] = name
        return value.isoformat() if kind.__module__ == "datetime" else str(value)
    if loaded(kind.__module__, kind.__qualname__) is not kind:
        raise _Opaque  # a local class: nobody finds it again
    if isinstance(value, enum.Enum):
        forms[at] = "enum:" + name
        return value.name
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        forms[at] = "namedtuple:" + name
        return _items(value, at, forms, depth, left)
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif hasattr(kind, "model_validate"):
        fields = {key: getattr(value, key) for key in kind.model_fields}
        fields.update(getattr(value, "model_extra", None) or {})
    else:
        raise _Opaque
    inner: Dict[str, str] = {}
    encoded = _fields(fields, at, inner, depth, left)
    inner[at] = "object:" + name
    if _decode(encoded, at, inner) != value:
        raise _Opaque
    forms.update(inner)
    return encoded


def _items(value: Any, at: str, forms: Dict[str, str], depth: int, left: List[int]) -> List[Any]:
    return [_encode(item, _down(at, i), forms, depth + 1, left) for i, item in enumerate(value)]


def _fields(value: Dict[str, Any], at: str, forms: Dict[str, str], depth: int, left: List[int]) -> Dict[str, Any]:
    return {key: _encode(item, _down(at, key), forms, depth + 1, left) for key, item in value.items()}


def _decode(value: Any, at: str, forms: Dict[str, str]) -> Any:
    if isinstance(value, list):
        value = [_decode(item, _down(at, i), forms) for i, item in enumerate(value)]
    elif isinstance(value, dict):
        value = {key: _decode(item, _down(at, key), forms) for key, item in value.items()}
    form = forms.get(at)
    if form is None:
        return value
    if form in _simple:
        return _simple[form](value)
    if form in _by_text:
        module, name = form.split(":")
        kind = getattr(__import__(module), name)
        return kind.fromisoformat(value) if module == "datetime" else kind(value)
    how, module, qualname = form.split(":")
    kind = loaded(module, qualname)
    if isinstance(kind, type):
        if how == "enum" and issubclass(kind, enum.Enum):
            return kind[value]
        if how == "namedtuple" and issubclass(kind, tuple):
            return kind(*value)
        if how == "object" and dataclasses.is_dataclass(kind):
            return kind(**value)
        if how == "object" and hasattr(kind, "model_validate"):
            return kind.model_validate(value)
    raise ValueError("the recorded result is a %s, which is not loaded" % qualname)


def _bytes(value: Any) -> bytes:
    from base64 import b64decode

    return b64decode(value)


_simple: Dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "float": float,
    "int": int,
    "bytes": _bytes,
    "dict": lambda pairs: {key: item for key, item in pairs},
}
_by_text = frozenset(
    (
        "datetime:datetime",
        "datetime:date",
        "datetime:time",
        "decimal:Decimal",
        "uuid:UUID",
        "pathlib:PosixPath",
        "pathlib:WindowsPath",
    )
)


def _down(at: str, *keys: Any) -> str:
    return at + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def _plain(value: Any, known: List[int], depth: int) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if -_safe < value < _safe else str(int(value))
    if isinstance(value, float):
        finite = value == value and value not in (float("inf"), float("-inf"))
        return float(value) if finite else repr(value)
    known[1] -= 1
    if depth <= _deepest and known[1] > 0:
        if isinstance(value, dict):
            return {str(key): _plain(item, known, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [_plain(item, known, depth + 1) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted((_plain(item, known, depth + 1) for item in value), key=repr)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: _plain(getattr(value, field.name, None), known, depth + 1)
                    for field in dataclasses.fields(value)}
        if not isinstance(value, type) and hasattr(type(value), "model_validate"):
            return {key: _plain(getattr(value, key, None), known, depth + 1) for key in type(value).model_fields}
        if type(value).__module__ in ("datetime", "decimal", "uuid", "pathlib"):
            return str(value)
    known[0] = False
    return _described(value) if known[1] > 0 else "…"


_address = re.compile(r" at 0x[0-9a-fA-F]+")


def _described(value: Any) -> str:
    """Its repr, without the addresses that differ from run to run."""
    try:
        text = _address.sub("", repr(value))
    except Exception:
        text = "<%s>" % type(value).__qualname__
    return text if len(text) <= 1000 else text[:1000] + "…"
