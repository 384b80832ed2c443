"""Trust where SSL_CERT_FILE and REQUESTS_CA_BUNDLE do not reach: clients that bring their own list of authorities
(`verify=certifi.where()`, `load_verify_locations`). Our CA is added to theirs; name constraints limit it to the
intercepted hosts."""

import os

from .dress import wraps


_END = "-----END CERTIFICATE-----\n"


def own_authority(ca_file):
    """The first of the file; behind it stand those that the user's NODE_EXTRA_CA_CERTS names, which are not for Python
    and may be hundreds, at 20 ms a context."""
    with open(ca_file) as file:
        return file.read().partition(_END)[0] + _END


def patches(ca_file, bundle):
    """`bundle`: the file of all authorities that the environment names. Clients read it for each context that they make,
    at 20 ms, and use one of several (httpx makes one for each proxy): it is read when its context is used."""
    if not ca_file:
        return {}
    authority = own_authority(ca_file)

    def patch_ssl(ssl):
        context = ssl.SSLContext
        load, load_defaults = context.load_verify_locations, context.load_default_certs

        def add(self):
            try:
                load(self, cadata=authority)
            except Exception:
                pass

        def read(self):
            if self.__dict__.pop("_rewind_unread", False):
                load(self, bundle)

        def reading_first(name):
            method = getattr(context, name)

            @wraps(method)
            def first(self, *args, **kwargs):
                read(self)
                return method(self, *args, **kwargs)

            setattr(context, name, first)

        @wraps(load)
        def load_verify_locations(self, cafile=None, capath=None, cadata=None):
            if later and cafile == bundle and not capath and not cadata and os.path.isfile(bundle):
                self._rewind_unread = True
            else:
                load(self, cafile, capath, cadata)
            add(self)

        @wraps(load_defaults)
        def load_default_certs(self, purpose=ssl.Purpose.SERVER_AUTH):
            load_defaults(self, purpose)
            if purpose is ssl.Purpose.SERVER_AUTH:
                add(self)

        # All that use a context come by here (those of gevent and uvloop, too), or ask what is in it.
        users = ("_wrap_socket", "_wrap_bio", "get_ca_certs", "cert_store_stats")
        later = bundle and all(hasattr(context, name) for name in users)
        if later:
            for name in users:
                reading_first(name)
        context.load_verify_locations = load_verify_locations
        context.load_default_certs = load_default_certs

    def patch_pyopenssl(module):
        from OpenSSL import crypto

        load = module.Context.load_verify_locations

        @wraps(load)
        def load_verify_locations(self, cafile, capath=None):
            load(self, cafile, capath)
            try:
                certificate = crypto.load_certificate(crypto.FILETYPE_PEM, authority.encode())
                self.get_cert_store().add_cert(certificate)
            except Exception:
                pass

        module.Context.load_verify_locations = load_verify_locations

    return {"ssl": patch_ssl, "OpenSSL.SSL": patch_pyopenssl}
