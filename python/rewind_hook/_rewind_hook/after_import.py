"""Patches a module right after the agent imported it; nothing is imported for our sake."""

import sys


def quietly(patch, *args):
    try:
        return patch(*args)
    except Exception:
        return None


class _Finder:
    """`patches`: module name → functions of the module."""

    def __init__(self, patches):
        self.patches = patches

    def find_spec(self, name, path=None, target=None):
        if name not in self.patches:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                quietly(self._attach, spec)
                return spec
        return None

    def _attach(self, spec):
        # On the loader's instance, so that the module keeps its own loader, of its own type.
        loader, execute = spec.loader, spec.loader.exec_module

        def exec_module(module):
            if module.__name__ != spec.name:
                return execute(module)
            loader.__dict__.pop("exec_module", None)
            execute(module)
            for patch in self.patches.pop(spec.name, ()):
                quietly(patch, module)
            if not self.patches and self in sys.meta_path:
                sys.meta_path.remove(self)

        loader.exec_module = exec_module


def apply(parts):
    """`parts`: dictionaries of module name → function of the module."""
    patches = {}
    for part in parts:
        for name, patch in part.items():
            patches.setdefault(name, []).append(patch)
    for name in [name for name in patches if name in sys.modules]:
        for patch in patches.pop(name):
            quietly(patch, sys.modules[name])
    if patches:
        sys.meta_path.insert(0, _Finder(patches))
