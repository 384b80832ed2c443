"""Which hosts are intercepted. A pattern is `host` or `host:port`; `*` stands for any run of characters. A pattern
without a port holds for every port, but never for this machine: a local model is named with its port."""


class Hosts:
    def __init__(self, listed, proxy_port):
        self.proxy_port = proxy_port
        self._known = {}
        self._patterns = [_split(entry.lower()) for entry in listed.split(",") if entry]

    def __call__(self, host, port):
        """`host`: name or address, str or bytes; `port`: number, numeric text, service name or None."""
        key = (host, port)
        hit = self._known.get(key)
        if hit is None:
            hit = self._decide(host, port)
            if len(self._known) < 10000:
                self._known[key] = hit
        return hit

    def _decide(self, host, port):
        if isinstance(host, (bytes, bytearray)):
            host = bytes(host).decode("ascii")
        if not isinstance(host, str) or not host:
            return False
        host = host.lower().strip("[]").rstrip(".")
        number = {"https": 443, "http": 80}.get(port, port)
        number = int(number) if number is not None and str(number).isdigit() else None
        if not _is_loopback(host):
            return any((not wanted or wanted == number) and _matches(name, host) for name, wanted in self._patterns)
        if number == self.proxy_port:
            return False
        # This machine has many names, and is meant by its own only: never by `*`.
        return any(
            wanted == number and _is_loopback(name) if wanted else name == host for name, wanted in self._patterns
        )


def _split(entry):
    name, colon, port = entry.rpartition(":")
    if not colon or not port.isdigit() or (":" in name and not name.endswith("]")):
        return entry.strip("[]"), None
    return name.strip("[]"), int(port)


def _is_loopback(host):
    if host in ("localhost", "::1", "0.0.0.0", "::") or host.endswith(".localhost"):
        return True
    return host.startswith("127.") and host.replace(".", "").isdigit()


def _matches(pattern, host):
    """`*` stands for one or more characters."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == host
    if not host.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = host.find(part, at + 1)
        if at < 0:
            return False
        at += len(part)
    return len(host) - len(rest[-1]) > at and host.endswith(rest[-1])
