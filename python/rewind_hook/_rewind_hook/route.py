"""Routing: connections to intercepted hosts end at our proxy, whatever client makes them; SNI and Host stay as they are
and tell the proxy where the request was meant to go.

A name is resolved to a loopback address of its own (127.77.x.y), which `connect` turns into the proxy's. So nothing is
asked of a name server, and a client that resolves here but connects below Python meets a closed port: a replay cannot
leak."""

from _thread import allocate_lock

from .dress import wraps

_lock = allocate_lock()


class _Addresses:
    """Stand-in addresses by host name, and back."""

    def __init__(self):
        self._by_host = {}
        self._hosts = set()

    def of(self, host):
        with _lock:
            address = self._by_host.get(host)
            if address is None:
                number = len(self._by_host) + 1
                address = "127.77.%d.%d" % (number // 254 % 254, number % 254 + 1)
                self._by_host[host] = address
                self._hosts.add(address)
        return address

    def has(self, address):
        if not isinstance(address, str):
            return False
        return (address[7:] if address.startswith("::ffff:") else address) in self._hosts


def patches(intercepted):
    stand_ins = _Addresses()

    def target(family, address, inet6):
        """The proxy's address for `family` where `address` is intercepted, else None."""
        if not isinstance(address, tuple) or len(address) < 2:
            return None
        if not stand_ins.has(address[0]) and not intercepted(address[0], address[1]):
            return None
        if family == inet6:
            return ("::ffff:127.0.0.1", intercepted.proxy_port, 0, 0)
        return ("127.0.0.1", intercepted.proxy_port)

    def patch_socket(socket):
        lookup, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex
        by_name = socket.gethostbyname
        inet6 = socket.AF_INET6

        def stand_in(host, port, family=0):
            try:
                if isinstance(host, (str, bytes)) and intercepted(host, port):
                    address = stand_ins.of(host)
                    return "::ffff:" + address if family == inet6 else address
            except Exception:
                pass
            return host

        def proxied(sock, address):
            try:
                return target(sock.family, address, inet6) or address
            except Exception:
                return address

        @wraps(lookup)
        def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
            return lookup(stand_in(host, port, family), port, family, type, proto, flags)

        @wraps(by_name)
        def gethostbyname(host):
            return by_name(stand_in(host, None))

        def patched_connect(self, address):
            return connect(self, proxied(self, address))

        def patched_connect_ex(self, address):
            return connect_ex(self, proxied(self, address))

        socket.getaddrinfo = getaddrinfo
        socket.gethostbyname = gethostbyname
        socket.socket.connect = _named(patched_connect, "connect", connect)
        socket.socket.connect_ex = _named(patched_connect_ex, "connect_ex", connect_ex)

    def patch_uvloop(uvloop):
        """uvloop resolves and connects below Python; its `Loop` is a Python class over the compiled one."""
        create_connection = uvloop.Loop.create_connection

        @wraps(create_connection)
        async def patched(self, protocol_factory, host=None, port=None, **options):
            try:
                if host is not None and (stand_ins.has(host) or intercepted(host, port)):
                    if options.get("ssl") and options.get("server_hostname") is None and not stand_ins.has(host):
                        options["server_hostname"] = host
                    host, port = "127.0.0.1", intercepted.proxy_port
            except Exception:
                pass
            return await create_connection(self, protocol_factory, host, port, **options)

        uvloop.Loop.create_connection = patched
        resolve = uvloop.Loop.getaddrinfo

        @wraps(resolve)
        async def getaddrinfo(self, host, port, **options):
            try:
                if isinstance(host, (str, bytes)) and intercepted(host, port):
                    host = stand_ins.of(host)
            except Exception:
                pass
            return await resolve(self, host, port, **options)

        uvloop.Loop.getaddrinfo = getaddrinfo

    return {"socket": patch_socket, "uvloop": patch_uvloop}


def _named(patched, name, original):
    patched.__name__ = name
    patched.__qualname__ = "socket." + name
    patched.__doc__ = original.__doc__
    return patched
