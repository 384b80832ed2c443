"""Found first on PYTHONPATH by every Python process of an agent. Loads Rewind's hook, then the sitecustomize that it
shadows, which takes its place: what that one raises and defines is as it would be without Rewind."""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


def _load_hook():
    try:
        import _rewind_hook  # noqa: F401
    except Exception:
        pass  # the agent must not notice
    # The agent's imports never search our folder; its children still find it through PYTHONPATH.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _here]


def _load_shadowed():
    # importlib's own parts, which are there; `importlib.util` would take 1 ms to load.
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import PathFinder

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_load_hook()
_load_shadowed()
