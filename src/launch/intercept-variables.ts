/** What a variable of the child is set to. */
export type VariableKind =
  /** The proxy's URL. */
  | 'proxy-url'
  /**
   * The proxy's URL in place of another proxy's, and else nothing: for what is neither http nor https, and for these where they have
   * no proxy of their own. httpx reads all authorities once more for each proxy that is named, at 20 ms.
   */
  | 'other-proxy'
  /** The user's own exceptions without intercepted hosts, and this machine. */
  | 'no-proxy'
  /** A PEM file that is added to the runtime's roots. */
  | 'extra-ca'
  /** A PEM file that takes the place of the runtime's roots, so it holds those too. */
  | 'ca-bundle'
  | 'one';

export interface InterceptVariable {
  readonly name: string;
  readonly kind: VariableKind;
  /** Which runtimes and clients read it. */
  readonly readBy: string;
  /** Where that is said, or what it took to find out. */
  readonly source: string;
}

const variable = (name: string, kind: VariableKind, readBy: string, source: string): InterceptVariable => ({
  name,
  kind,
  readBy,
  source,
});

const proxied = 'curl, Python, Go, Ruby, .NET, Rust (reqwest), Deno, Bun';

/**
 * What each runtime needs to be intercepted, without a change of code and without the system's trust store. Composed
 * variables (NODE_OPTIONS, PYTHONPATH, JAVA_TOOL_OPTIONS, BUN_OPTIONS) are in child-environment.ts.
 *
 * npm_config_* is left alone on purpose: npm reads HTTPS_PROXY and NODE_EXTRA_CA_CERTS, and talks to no model.
 */
export const interceptVariables: readonly InterceptVariable[] = [
  variable('HTTPS_PROXY', 'proxy-url', proxied, 'https://everything.curl.dev/usingcurl/proxies/env.html'),
  variable('https_proxy', 'proxy-url', proxied, 'curl, Ruby and wget read only one case or prefer it'),
  variable('HTTP_PROXY', 'proxy-url', 'Python, Go, .NET', 'https://pkg.go.dev/net/http#ProxyFromEnvironment'),
  variable('http_proxy', 'proxy-url', 'curl, Ruby', 'curl ignores the upper-case name (httpoxy)'),
  variable('ALL_PROXY', 'other-proxy', 'curl, httpx', 'https://www.python-httpx.org/environment_variables/'),
  variable('all_proxy', 'other-proxy', 'curl, httpx', 'https://www.python-httpx.org/environment_variables/'),
  variable('NO_PROXY', 'no-proxy', proxied, 'https://about.gitlab.com/blog/we-need-to-talk-no-proxy/'),
  variable('no_proxy', 'no-proxy', proxied, 'https://about.gitlab.com/blog/we-need-to-talk-no-proxy/'),
  variable(
    'NODE_USE_ENV_PROXY',
    'one',
    'Node from 22.21 and 24.0',
    'https://nodejs.org/api/cli.html#node_use_env_proxy1',
  ),
  variable(
    'NODE_EXTRA_CA_CERTS',
    'extra-ca',
    'Node, Bun',
    'https://nodejs.org/api/cli.html#node_extra_ca_certsfile',
  ),
  variable('DENO_CERT', 'extra-ca', 'Deno', 'https://docs.deno.com/runtime/reference/env_variables/'),
  variable(
    'SSL_CERT_FILE',
    'ca-bundle',
    'OpenSSL: Python, Ruby, PHP; Go, .NET and Rust on Linux',
    'https://docs.openssl.org/master/man7/openssl-env/',
  ),
  variable(
    'NIX_SSL_CERT_FILE',
    'ca-bundle',
    'OpenSSL as Nix builds it, before SSL_CERT_FILE',
    'nixpkgs, openssl patches',
  ),
  variable(
    'REQUESTS_CA_BUNDLE',
    'ca-bundle',
    'Python requests, pip',
    'https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification',
  ),
  variable('HTTPLIB2_CA_CERTS', 'ca-bundle', 'Python httplib2', 'httplib2/certs.py'),
  variable('CURL_CA_BUNDLE', 'ca-bundle', 'curl', 'https://curl.se/docs/sslcerts.html'),
  variable(
    'AWS_CA_BUNDLE',
    'ca-bundle',
    'AWS CLI, boto3',
    'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html',
  ),
  variable(
    'GIT_SSL_CAINFO',
    'ca-bundle',
    'git',
    'https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo',
  ),
  variable(
    'CARGO_HTTP_CAINFO',
    'ca-bundle',
    'cargo',
    'https://doc.rust-lang.org/cargo/reference/config.html#httpcainfo',
  ),
  variable(
    'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    'ca-bundle',
    'gRPC',
    'https://grpc.github.io/grpc/core/md_doc_environment_variables.html',
  ),
  variable('PERL_LWP_SSL_CA_FILE', 'ca-bundle', 'Perl LWP', 'https://metacpan.org/pod/LWP::UserAgent'),
];
