"""Announces call sites: adds the private header to requests for intercepted hosts, and to no other (it holds local
paths). The proxy strips it. Format: src/wire/call-site.ts.

The header is added where a request is built, not where it is sent: so no frame of ours stands in the agent's
tracebacks when the sending fails, and a redirect to another host does not carry it."""

import itertools
import os
import sys
from _thread import get_native_id

from .after_import import quietly
from .dress import wraps
from .frames import user_frames

_name = "x-rewind-site"
_session = "rewind-session"
_longest = 4096
_most_frames = 8
_sequence = itertools.count(1)


def _task_name():
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        return asyncio.current_task().get_name()
    except (RuntimeError, AttributeError):
        return None


def _value():
    from base64 import urlsafe_b64encode
    from json import dumps

    frames = user_frames(_most_frames)
    via = "s" if frames else "n"
    inherit = sys.modules.get(__package__ + ".inherit")
    for frame in inherit.inherited_frames() if inherit else ():
        via = "i" if via == "n" else via
        if len(frames) < _most_frames and frame not in frames:
            frames.append(frame)
    site = {"v": 1, "l": "p", "q": next(_sequence), "p": os.getpid(), "t": get_native_id(), "w": via}
    task = _task_name()
    if task is not None:
        site["k"] = task[:200]
    while True:
        site["f"] = frames
        text = urlsafe_b64encode(dumps(site, separators=(",", ":")).encode()).rstrip(b"=").decode()
        if len(text) <= _longest or not frames:
            return text
        frames = frames[:-1]


def _tag():
    """The named session that the agent's code is in, where it uses `rewind.session`."""
    helper = sys.modules.get("rewind._session")
    return helper.current_tag() if helper else None


def patches(intercepted):
    def default_port(secure):
        return 443 if secure else 80

    def is_target(host, port, path):
        """Requests for intercepted hosts, and those that a base URL sends to the proxy itself."""
        return intercepted(host, port) or (
            port == intercepted.proxy_port and host in ("127.0.0.1", b"127.0.0.1") and path.startswith("/_rewind/")
        )

    def patch_http_client(module):
        connection = module.HTTPConnection
        putrequest = connection.putrequest

        def add(self, method, url):
            if method == "CONNECT":
                return
            host, port = (self._tunnel_host, self._tunnel_port) if self._tunnel_host else (self.host, self.port)
            if is_target(host, port, url):
                self.putheader(_name, _value())
                tag = _tag()
                if tag:
                    self.putheader(_session, tag)

        @wraps(putrequest)
        def patched(self, method, url, *args, **options):
            putrequest(self, method, url, *args, **options)
            quietly(add, self, method, url)

        connection.putrequest = patched

    def patch_httpcore(module):
        request = module.Request
        create = request.__init__

        def add(self):
            url = self.url
            port = url.port or default_port(url.scheme in (b"https", b"wss"))
            if self.method == b"CONNECT" or not is_target(url.host, port, url.target.decode("ascii")):
                return
            if not any(key.lower() == _name.encode() for key, _ in self.headers):
                self.headers = list(self.headers) + [(_name.encode(), _value().encode())]
                tag = _tag()
                if tag:
                    self.headers.append((_session.encode(), tag.encode()))

        @wraps(create)
        def __init__(self, *args, **options):
            create(self, *args, **options)
            quietly(add, self)

        request.__init__ = __init__

    def patch_aiohttp(module):
        request = module.ClientRequest
        create = request.__init__

        def add(self):
            if self.method != "CONNECT" and is_target(self.url.host, self.url.port, self.url.path):
                self.headers.setdefault(_name, _value())
                tag = _tag()
                if tag:
                    self.headers.setdefault(_session, tag)

        @wraps(create)
        def __init__(self, *args, **options):
            create(self, *args, **options)
            quietly(add, self)

        request.__init__ = __init__

    return {
        "http.client": patch_http_client,
        "httpcore._models": patch_httpcore,
        "httpcore2._models": patch_httpcore,
        "aiohttp.client_reqrep": patch_aiohttp,
    }
