/**
 * Where credentials travel: header names, query parameters, and the shapes of keys inside bodies. Pure data;
 * sessions/ redacts with it before anything reaches disk, interop/ before anything leaves.
 */

/**
 * Lower-case names of headers whose whole value is a credential, in requests or answers.
 * OpenAI organisation and project ids, and AWS account-bound ids, are no keys but name the customer: they go too.
 */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  // HTTP itself (RFC 9110 11.6, RFC 6265)
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'cookie',
  'set-cookie',
  'set-cookie2',
  // Shared by many vendors and gateways
  'x-api-key',
  'api-key',
  'apikey',
  'x-apikey',
  'x-auth-token',
  'x-access-token',
  'x-auth',
  'x-token',
  'x-session-token',
  'x-csrf-token',
  'x-xsrf-token',
  // OpenAI: https://platform.openai.com/docs/api-reference/authentication
  'openai-organization',
  'openai-project',
  // Anthropic: https://docs.anthropic.com/en/api/overview (the answer names the organisation)
  'anthropic-organization-id',
  // Google: https://ai.google.dev/api#authentication, https://cloud.google.com/apis/docs/system-parameters
  'x-goog-api-key',
  'x-goog-user-project',
  'x-goog-iam-authorization-token',
  'x-goog-authenticated-user-email',
  'x-goog-authenticated-user-id',
  // AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
  'x-amz-security-token',
  'x-amz-access-token',
  // Azure: https://learn.microsoft.com/azure/ai-services/authentication
  'ocp-apim-subscription-key',
  'x-ms-client-principal',
  'x-ms-token-aad-access-token',
  'x-ms-authorization-auxiliary',
  // Gateways: Cloudflare, Portkey, Helicone, LiteLLM, Vercel, LangSmith, Langfuse, Braintrust
  'cf-aig-authorization',
  'cf-access-client-id',
  'cf-access-client-secret',
  'cf-access-token',
  'x-auth-key',
  'x-auth-email',
  'x-portkey-api-key',
  'x-portkey-virtual-key',
  'helicone-auth',
  'x-litellm-api-key',
  'x-litellm-key',
  'ai-gateway-api-key',
  'x-vercel-oidc-token',
  'x-langfuse-secret-key',
  // Others
  'x-subscription-token',
  'x-rapidapi-key',
  'x-functions-key',
  'x-hf-token',
  'x-github-token',
  'private-token',
  'x-gitlab-token',
  'x-replicate-token',
  'x-wandb-api-key',
  'x-honeycomb-team',
  'dd-api-key',
  'dd-application-key',
  'x-vault-token',
]);

/**
 * Header names not in the table whose name says "credential": a vendor of tomorrow. Redacting one header too many
 * costs nothing, since no header is part of the match key.
 */
const CREDENTIAL_HEADER_NAME =
  /(^|[-_])(api[-_]?key|apikey|access[-_]?key|secret|token|password|passwd|credentials?|auth|authorization|signature|session[-_]?id|private[-_]?key|virtual[-_]?key|cookie)([-_]|$)/;

/** Names that the pattern takes for credentials and that only count, limit, allow or describe. */
const NOT_CREDENTIAL =
  /^access-control-|ratelimit|rate-limit|tokens?-(limit|remaining|reset|used|count|usage)|(input|output|prompt|completion|max|total|cached)-tokens?|token-count|www-authenticate|x-amz-signature-version/;

export function isCredentialHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return CREDENTIAL_HEADERS.has(lower) || (CREDENTIAL_HEADER_NAME.test(lower) && !NOT_CREDENTIAL.test(lower));
}

/** Lower-case names of query parameters (and form fields) whose whole value is a credential. */
export const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set([
  // Google: https://cloud.google.com/docs/authentication/api-keys-use
  'key',
  'access_token',
  'oauth_token',
  // AWS presigned URLs: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  'x-amz-credential',
  'x-amz-signature',
  'x-amz-security-token',
  'awsaccesskeyid',
  'signature',
  // Azure SAS: https://learn.microsoft.com/rest/api/storageservices/create-service-sas
  'sig',
  'subscription-key',
  'code',
  // Google Cloud Storage signed URLs
  'x-goog-credential',
  'x-goog-signature',
  'googleaccessid',
  // OAuth 2 (RFC 6749), and what people make up
  'client_secret',
  'client_assertion',
  'refresh_token',
  'id_token',
  'assertion',
  'api_key',
  'api-key',
  'apikey',
  'auth',
  'auth_token',
  'authorization',
  'token',
  'password',
  'passwd',
  'secret',
  'session_token',
]);

export function isCredentialParameter(name: string): boolean {
  return CREDENTIAL_PARAMETERS.has(name.toLowerCase());
}

/** A key's shape in running text. `pattern` has the g flag; group `secret`, where there is one, is what to redact. */
export interface KeyShape {
  /** Stable and kebab-case: the redaction's mark names it. */
  readonly id: string;
  readonly pattern: RegExp;
}

/** Not in the middle of a longer word, path or base64 run, so that hashes and images stay whole. */
const START = '(?<![A-Za-z0-9_/+-])';
const END = '(?![A-Za-z0-9_-])';

function shape(id: string, body: string): KeyShape {
  return { id, pattern: new RegExp(`${START}${body}${END}`, 'g') };
}

/**
 * Key shapes inside bodies. Every one begins with a fixed prefix or has a fixed frame, so that ordinary text, ids
 * (`call_…`, `msg_…`, `resp_…`) and base64 data stay as they are. The order counts: the narrow before the wide.
 * Each runs in linear time: no nested repetition.
 */
export const KEY_SHAPES: readonly KeyShape[] = [
  shape('anthropic', 'sk-ant-[A-Za-z0-9_-]{16,}'),
  shape('openrouter', 'sk-or-[A-Za-z0-9_-]{16,}'),
  shape('langfuse', 'sk-lf-[A-Za-z0-9_-]{16,}'),
  shape('helicone', 'sk-helicone-[A-Za-z0-9_-]{8,}'),
  // sk-…, sk-proj-…, sk-svcacct-…, sk-admin-…; also DeepSeek, Moonshot, DashScope, LiteLLM. Twenty characters with a
  // digit among them, so that "sk-learn-compatible-estimators" stays.
  shape('openai', 'sk-(?=[A-Za-z_-]{0,120}[0-9])[A-Za-z0-9_-]{20,}'),
  // https://cloud.google.com/docs/authentication/api-keys: 39 characters in all
  shape('google-api-key', 'AIza[A-Za-z0-9_-]{35}'),
  shape('google-auth-key', 'AQ\\.[A-Za-z0-9_-]{40,}'),
  shape('google-oauth', 'ya29\\.[A-Za-z0-9_.-]{20,}'),
  shape('google-oauth-client', 'GOCSPX-[A-Za-z0-9_-]{20,}'),
  shape('google-refresh', '1//0[A-Za-z0-9_-]{30,}'),
  shape('groq', 'gsk_[A-Za-z0-9]{20,}'),
  shape('xai', 'xai-[A-Za-z0-9]{20,}'),
  shape('huggingface', '(?:hf|api_org)_[A-Za-z0-9]{20,}'),
  shape('replicate', 'r8_[A-Za-z0-9]{20,}'),
  shape('perplexity', 'pplx-[A-Za-z0-9]{20,}'),
  shape('cerebras', 'csk-[A-Za-z0-9]{20,}'),
  shape('fireworks', 'fw_[A-Za-z0-9]{20,}'),
  shape('together', 'tgp_v1_[A-Za-z0-9_-]{20,}'),
  shape('nvidia', 'nvapi-[A-Za-z0-9_-]{20,}'),
  shape('voyage', 'pa-[A-Za-z0-9_-]{40,}'),
  shape('tavily', 'tvly-[A-Za-z0-9_-]{16,}'),
  shape('exa-firecrawl', 'fc-[a-f0-9]{32}'),
  shape('langsmith', 'lsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}'),
  shape('langsmith-old', 'ls__[a-f0-9]{32}'),
  shape('pinecone', 'pcsk_[A-Za-z0-9_]{20,}'),
  shape('databricks', 'dapi[a-f0-9]{32}(?:-[0-9])?'),
  shape('portkey', 'pk-live-[A-Za-z0-9]{16,}'),
  shape('vercel', 'vc[kp]_[A-Za-z0-9]{20,}'),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  shape('aws-access-key', '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}'),
  shape('aws-bedrock-key', 'ABSK[A-Za-z0-9+/]{60,}={0,2}'),
  shape('aws-bedrock-short-key', 'bedrock-api-key-[A-Za-z0-9+/=_-]{40,}'),
  // AWS secrets have no prefix: only where they are named.
  {
    id: 'aws-secret',
    pattern:
      /aws_?secret_?(?:access_?)?key\\{0,4}["']?\s{0,4}[:=]\s{0,4}\\{0,4}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  },
  // https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
  shape('github', '(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,}'),
  shape('github-fine-grained', 'github_pat_[A-Za-z0-9_]{40,}'),
  shape('gitlab', 'gl(?:pat|ptt|dt|rt|cbt|agent|oas|soat|ft|imt)-[A-Za-z0-9_.-]{20,}'),
  shape('slack', 'xox[abeoprs]-[A-Za-z0-9-]{10,}'),
  shape('slack-app', 'xapp-[0-9]-[A-Za-z0-9-]{20,}'),
  {
    id: 'slack-webhook',
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/(?<secret>[A-Za-z0-9/_-]{20,})/g,
  },
  shape('stripe', '(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}'),
  shape('npm', 'npm_[A-Za-z0-9]{36}'),
  shape('pypi', 'pypi-AgE[A-Za-z0-9_-]{50,}'),
  shape('sendgrid', 'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}'),
  shape('twilio', 'SK[a-f0-9]{32}'),
  shape('digitalocean', 'do[opr]_v1_[a-f0-9]{64}'),
  shape('azure-storage', 'AccountKey=[A-Za-z0-9+/]{80,}={0,2}'),
  shape('vault', 'hvs\\.[A-Za-z0-9_-]{20,}'),
  shape('age', 'AGE-SECRET-KEY-1[A-Z0-9]{50,}'),
  shape('jwt', 'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{5,}'),
  // An RFC 6750 token of any shape, where it is called one. A digit, so that "Bearer authentication" stays.
  {
    id: 'bearer',
    pattern:
      /\b[Bb]earer\s{1,4}(?<secret>(?=[A-Za-z._~+/-]{0,200}[0-9])[A-Za-z0-9._~+/-]{16,}={0,2})(?![A-Za-z0-9._~+/=-])/g,
  },
  { id: 'basic', pattern: /\bBasic\s{1,4}(?<secret>[A-Za-z0-9+/]{16,}={1,2})(?![A-Za-z0-9+/=])/g },
  // user:password@ in a URL
  {
    id: 'url-password',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'\\]{1,64}:(?<secret>[^\s:/?#@"'\\]{3,128})@/g,
  },
  {
    id: 'private-key',
    pattern: /-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----(?<secret>[A-Za-z0-9+/=\s\\,:-]{40,8192})-----END/g,
  },
];
