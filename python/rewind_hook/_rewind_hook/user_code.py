"""What is the user's own code: files outside of the standard library and of installed packages, and what the user says.

    REWIND_SITES_INCLUDE  globs, comma-separated: is the user's own, packages too
    REWIND_SITES_IGNORE   globs, comma-separated: is not; wins over the former
"""

import os

_here = os.path.dirname(os.path.abspath(__file__)) + os.sep
_stdlib = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_packages = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


def _globs(listed):
    """A test of paths. `*` and `?` stay within a folder, `**` does not; a folder means all that is in it; `/...` begins
    at the root."""
    entries = [entry.strip().rstrip("/") for entry in (listed or "").split(",")]
    if not any(entries):
        return lambda path: False
    import re  # only where it is needed: it takes 5 ms to load

    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}

    def source(entry):
        rooted = re.match(r"/|[A-Za-z]:", entry)
        words = re.split(r"(\*\*/?|[*?])", entry)
        return ("^" if rooted else "(?:^|/)") + "".join(wild.get(word) or re.escape(word) for word in words)

    found = re.compile("(?:%s)(?:/|$)" % "|".join(source(entry) for entry in entries if entry))
    return lambda path: found.search(path.replace(os.sep, "/")) is not None


_included = _globs(os.environ.get("REWIND_SITES_INCLUDE"))
_ignored = _globs(os.environ.get("REWIND_SITES_IGNORE"))


def is_user_path(path):
    """`path`: absolute."""
    if path.startswith(_here) or _ignored(path):
        return False
    return _included(path) or not (path.startswith(_stdlib) or any(folder in path for folder in _packages))
