"""Trust where SSL_CERT_FILE and REQUESTS_CA_BUNDLE do not reach: clients that bring their own list of authorities
(`verify=certifi.where()`, `load_verify_locations`). Our CA is added to theirs; name constraints limit it to the
intercepted hosts."""

from .dress import wraps


_END = "-----END CERTIFICATE-----\n"


def own_authority(ca_file):
    """The first of the file; behind it stand those that the user's NODE_EXTRA_CA_CERTS names, which are not for Python
    and may be hundreds, at 20 ms a context."""
    with open(ca_file) as file:
        return file.read().partition(_END)[0] + _END


def patches(ca_file):
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

        @wraps(load)
        def load_verify_locations(self, cafile=None, capath=None, cadata=None):
            load(self, cafile, capath, cadata)
            add(self)

        @wraps(load_defaults)
        def load_default_certs(self, purpose=ssl.Purpose.SERVER_AUTH):
            load_defaults(self, purpose)
            if purpose is ssl.Purpose.SERVER_AUTH:
                add(self)

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
