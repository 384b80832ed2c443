"""`functools.wraps` without `functools`, which takes 2 ms to load."""

_names = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")


def wraps(original):
    def dress(patched):
        for name in _names:
            if hasattr(original, name):
                setattr(patched, name, getattr(original, name))
        patched.__dict__.update(getattr(original, "__dict__", {}))
        patched.__wrapped__ = original
        return patched

    return dress
