"""Rewind's hook for Python agents: routes intercepted hosts to the proxy and says where each call came from.

It must never change what the agent does: every error in here is silence, nothing is printed, modules are patched only
once the agent has imported them. Python 3.9 and later, standard library only.

    REWIND_PROXY  http://127.0.0.1:port      REWIND_HOSTS  host[:port] patterns, comma-separated
    REWIND_CA     our CA, PEM file           REWIND_SITES  off | fast | deep
    REWIND_KEEP   Unix socket: keep the process at its calls, see keep.py
"""

import os

#: `intercepted(host, port)` once the hook is active: for a test run, which loads it late.
intercepted = None


def _start():
    global intercepted
    proxy = os.environ.get("REWIND_PROXY")
    hosts = os.environ.get("REWIND_HOSTS")
    if not proxy or not hosts:
        return
    from . import after_import, hosts as _hosts, route, trust

    intercepted = _hosts.Hosts(hosts, int(proxy.rsplit(":", 1)[1].strip("/")))
    patches = [route.patches(intercepted), trust.patches(os.environ.get("REWIND_CA"), os.environ.get("SSL_CERT_FILE"))]
    sites = os.environ.get("REWIND_SITES", "deep")
    if sites != "off":
        from . import announce

        patches.append(announce.patches(intercepted))
    if sites == "deep":
        from . import inherit

        patches.append(inherit.patches())
    keep_path = os.environ.pop("REWIND_KEEP", None)  # for this process, not for those that it starts
    if keep_path:
        from . import keep

        patches.append(keep.patches(keep_path, intercepted))
    after_import.apply(patches)


try:
    _start()
except Exception:
    pass
