"""Rewind's hook for Python agents: routes intercepted hosts to the proxy and says where each call came from.

It must never change what the agent does: every error in here is silence, nothing is printed, modules are patched only
once the agent has imported them. Python 3.9 and later, standard library only.

    REWIND_PROXY  http://127.0.0.1:port      REWIND_HOSTS  host[:port] patterns, comma-separated
    REWIND_CA     our CA, PEM file           REWIND_SITES  off | fast | deep
"""

import os


def _start():
    proxy = os.environ.get("REWIND_PROXY")
    hosts = os.environ.get("REWIND_HOSTS")
    if not proxy or not hosts:
        return
    from . import after_import, hosts as _hosts, route, trust

    intercepted = _hosts.Hosts(hosts, int(proxy.rsplit(":", 1)[1].strip("/")))
    patches = [route.patches(intercepted), trust.patches(os.environ.get("REWIND_CA"))]
    sites = os.environ.get("REWIND_SITES", "deep")
    if sites != "off":
        from . import announce

        patches.append(announce.patches(intercepted))
    if sites == "deep":
        from . import inherit

        patches.append(inherit.patches())
    after_import.apply(patches)


try:
    _start()
except Exception:
    pass
