"""Keeps the agent as it stands at its calls, so that mutants start from there: `REWIND_KEEP` names the Unix socket of whoever
starts them (src/launch/kept-agent.ts). At each call the process asks whether to be kept; where it is, a copy of it waits,
and forks a run whenever it is told to.

A fork copies memory and the calling thread, nothing else. So a process is only kept where all else that it has can be put
right in the copy: connections to our proxy are cut (clients open new ones), files are opened again at their place, standard
output becomes the run's own. What cannot be put right is told instead, and nothing is kept. Linux only: the rest is read
from /proc."""

import os
import sys

from .dress import wraps

_most_line = 4096


def _connect(path):
    from _socket import AF_UNIX, SOCK_STREAM, socket

    sock = socket(AF_UNIX, SOCK_STREAM)
    sock.connect(path)
    return sock


def _read_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte or len(line) > _most_line:
            return None
        line += byte
    return line[:-1].decode()


def _say(sock, **message):
    from json import dumps

    sock.sendall(dumps(message, separators=(",", ":")).encode() + b"\n")


class _Unsound(Exception):
    """Why a copy of this process would not be the process."""


def _descriptors():
    """What is open, by descriptor."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = os.readlink("/proc/self/fd/" + name)
        except OSError:
            pass  # the listing's own
    return found


def _open_files(control, inherited, proxy_port):
    """What a copy has to put right: descriptors of connections to the proxy, and (descriptor, path, flags, offset) of files.
    What the process was started with, every run shares anyway."""
    connections, files = [], []
    for fd, path in _descriptors().items():
        if fd in (0, 1, 2, control) or inherited.get(fd) == path:
            continue
        if path.startswith("socket:"):
            if not _is_to_proxy(fd, proxy_port):
                raise _Unsound("a socket is open")
            connections.append(fd)
        elif path.startswith("/") and not path.startswith("/dev/"):
            import fcntl

            flags = fcntl.fcntl(fd, fcntl.F_GETFL)
            if path.endswith(" (deleted)") or not os.path.isfile(path):
                raise _Unsound("a file or folder is open that cannot be opened again")
            if flags & os.O_ACCMODE == os.O_RDWR:
                raise _Unsound("%s is open for reading and writing" % os.path.basename(path))
            files.append((fd, path, flags & (os.O_ACCMODE | os.O_APPEND), os.lseek(fd, 0, os.SEEK_CUR)))
        elif not path.startswith("/dev/"):
            raise _Unsound("a %s is open" % path.split(":")[0].replace("anon_inode", "kernel object"))
    return connections, files


def _is_to_proxy(fd, proxy_port):
    import socket

    copy = socket.socket(fileno=os.dup(fd))
    try:
        return copy.getpeername()[1] == proxy_port
    except (OSError, IndexError, TypeError):
        return False
    finally:
        copy.close()


def _check():
    """What would be lost in a copy."""
    import signal

    if len(os.listdir("/proc/self/task")) > 1:
        raise _Unsound("other threads are running")
    events = sys.modules.get("asyncio.events")
    if events is not None and events._get_running_loop() is not None:
        raise _Unsound("an event loop is running")
    if signal.getsignal(signal.SIGCHLD) not in (signal.SIG_DFL, None):
        raise _Unsound("the agent handles SIGCHLD")
    with open("/proc/self/task/%d/children" % os.getpid()) as children:
        if children.read().strip():
            raise _Unsound("it has child processes")
    with open("/proc/self/maps") as maps:
        if any(line.split()[1].endswith("s") and "w" in line.split()[1] for line in maps):
            raise _Unsound("it shares memory")


def _drain():
    """What was printed before this point is on its way: a copy must not be credited with it."""
    import fcntl
    import struct
    import termios
    import time

    for _ in range(2000):
        waiting = 0
        for fd in (1, 2):
            try:
                waiting += struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"))[0]
            except OSError:
                pass  # no pipe
        if waiting == 0:
            return
        time.sleep(0.001)
    raise _Unsound("its output is not read")


class _Keeper:
    def __init__(self, path, proxy_port):
        self.path = path
        self.proxy_port = proxy_port
        self.pid = os.getpid()
        self.inherited = _descriptors()
        self.control = None

    def at_call(self):
        if os.getpid() != self.pid:
            return  # a run of ours, or a process of the agent's own
        if self.control is None:
            self.control = _connect(self.path)
        try:
            _check()
            open_files = _open_files(self.control.fileno(), self.inherited, self.proxy_port)
            _drain()
            _say(self.control, at="call")
        except (_Unsound, OSError) as error:
            _say(self.control, at="call", unsound=str(error))
            open_files = None
        answer = _read_line(self.control)
        if answer is None:
            self.pid = 0  # nobody listens any more
        elif answer.startswith("keep ") and open_files is not None:
            self.keep(answer[5:], *open_files)

    def keep(self, name, connections, files):
        """Returns in this process, and in every run that starts from here."""
        state = _random_state()
        folder = os.getcwd()
        middle = os.fork()
        if middle:
            os.waitpid(middle, 0)
            _restore_random(state)
            return _read_line(self.control)
        if os.fork():
            os._exit(0)
        # In between, so that the agent never sees a child of ours.
        run = False
        try:
            os.setsid()
            self.control.close()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for fd in (1, 2):
                os.dup2(nowhere, fd)
            os.close(nowhere)
            import gc

            # Else each run copies all pages at its end, to look for garbage in them.
            gc.freeze()
            control = _connect(self.path)
            _say(control, at="kept", name=name)
            run = self.wait(control)
        finally:
            if not run:
                os._exit(0)
        try:
            stdout, stderr, session = run
            _take_over(stdout, stderr, connections, files, folder)
            os.environ["REWIND_SESSION"] = session
            _restore_random(state)
            _say(control, at="started", pid=os.getpid())
            control.close()
        except BaseException:
            os._exit(70)  # not a step further as half a copy

    def wait(self, control):
        """Where a run is to begin, in that run; None in the end."""
        while True:
            order = _read_line(control)
            if order is None:
                return None
            pid = os.fork()
            if pid == 0:
                os.setsid()
                return order.split("\t")
            _, status = os.waitpid(pid, 0)
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            _say(control, at="ended", code=code, signal=number)


def _take_over(stdout, stderr, connections, files, folder):
    import socket

    for path, fd in ((stdout, 1), (stderr, 2)):
        pipe = os.open(path, os.O_WRONLY)
        os.dup2(pipe, fd)
        os.close(pipe)
    # The same path may hold another folder now.
    os.chdir(folder)
    for fd, path, flags, offset in files:
        again = os.open(path, flags)
        os.lseek(again, offset, os.SEEK_SET)
        os.dup2(again, fd, os.get_inheritable(fd))
        os.close(again)
    for fd in connections:
        # A connection whose other end has closed it: so clients throw it away.
        here, there = socket.socketpair()
        there.close()
        os.dup2(here.fileno(), fd, False)
        here.close()


def _random_state():
    """Python seeds `random` anew in a fork; the agent's own seed must hold."""
    random = sys.modules.get("random")
    return random.getstate() if random else None


def _restore_random(state):
    if state is not None:
        sys.modules["random"].setstate(state)


def patches(path, intercepted):
    keeper = _Keeper(path, intercepted.proxy_port)

    def at_call():
        try:
            keeper.at_call()
        except Exception:
            pass  # a run that cannot begin ends without a word; whoever started it sees that

    def patch_httpcore(module):
        # Made before a connection is chosen, and gone from the stack before anything can fail.
        request = module.Request
        create = request.__init__

        @wraps(create)
        def __init__(self, method, *args, **options):
            if method not in (b"CONNECT", "CONNECT"):
                at_call()
            create(self, method, *args, **options)

        request.__init__ = __init__

    def patch_urllib3(module):
        pool = module.HTTPConnectionPool
        get_timeout = pool._get_timeout  # called once a request, before a connection is chosen

        @wraps(get_timeout)
        def _get_timeout(self, *args, **options):
            at_call()
            return get_timeout(self, *args, **options)

        pool._get_timeout = _get_timeout

    return {
        "httpcore._models": patch_httpcore,
        "httpcore2._models": patch_httpcore,
        "urllib3.connectionpool": patch_urllib3,
    }
