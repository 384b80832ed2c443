import type { DialectId } from './call.ts';

/** A provider and the hosts where it answers. */
export interface Provider {
  /** Stable; what `Call.provider` says. */
  readonly id: string;
  /**
   * Host patterns, lower case: exact, or with `*` for one or more characters (dots included). `:port` only where the
   * port tells the provider.
   */
  readonly hosts: readonly string[];
  /** Hosts that answer the same request the same share a family; the match key holds it in the host's place. */
  readonly family: string;
  /** Dialects spoken there, the usual one first. */
  readonly dialects: readonly DialectId[];
  /** Runs on the user's machine: costs nothing, is spoken to in plain HTTP. */
  readonly local?: true;
  /** Mostly serves other things (SQL, a whole cloud's API): recognised, but intercepted only where the user names it. */
  readonly onRequest?: true;
  /** The vendor's page that names host and API. */
  readonly docs: string;
}

const OPENAI: readonly DialectId[] = ['openai-chat'];
const OPENAI_ALL: readonly DialectId[] = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'openai-embeddings',
];

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', 'host.docker.internal'];

/** A server on the user's machine, told by its default port. */
function local(id: string, port: number, dialects: readonly DialectId[], docs: string): Provider {
  const hosts = LOOPBACK.map(host => `${host}:${port}`);
  return { id, hosts, family: id, dialects, local: true, docs };
}

/** A vendor with one family named after itself. */
function vendor(
  id: string,
  hosts: readonly string[],
  dialects: readonly DialectId[],
  docs: string,
): Provider {
  return { id, hosts, family: id, dialects, docs };
}

/** The built-in table; the first entry that matches a host wins. */
export const HOSTS: readonly Provider[] = [
  vendor(
    'openai',
    ['api.openai.com', '*.api.openai.com'],
    OPENAI_ALL,
    'https://platform.openai.com/docs/api-reference',
  ),
  vendor('chatgpt', ['chatgpt.com'], ['openai-responses'], 'https://developers.openai.com/codex'),
  vendor(
    'anthropic',
    ['api.anthropic.com'],
    ['anthropic-messages', 'anthropic-complete', 'openai-chat'],
    'https://docs.anthropic.com/en/api/overview',
  ),
  vendor(
    'gemini',
    ['generativelanguage.googleapis.com', '*-generativelanguage.googleapis.com'],
    ['gemini-generate', 'gemini-embeddings', 'gemini-interactions', 'openai-chat'],
    'https://ai.google.dev/api',
  ),
  vendor(
    'gemini-code-assist',
    ['cloudcode-pa.googleapis.com'],
    ['gemini-generate'],
    'https://developers.google.com/gemini-code-assist',
  ),
  vendor(
    'vertex',
    ['aiplatform.googleapis.com', '*-aiplatform.googleapis.com', 'aiplatform.*.rep.googleapis.com'],
    ['gemini-generate', 'anthropic-messages', 'openai-chat', 'gemini-embeddings'],
    'https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest',
  ),
  vendor(
    'bedrock',
    [
      'bedrock-runtime.*.amazonaws.com',
      'bedrock-runtime-fips.*.amazonaws.com',
      'bedrock-runtime.*.amazonaws.com.cn',
      '*.bedrock-runtime.*.vpce.amazonaws.com',
      'bedrock-runtime.*.api.aws',
      'bedrock-runtime-fips.*.api.aws',
      'bedrock-mantle.*.api.aws',
    ],
    ['bedrock-converse', 'bedrock-invoke', 'openai-chat', 'openai-responses', 'anthropic-messages'],
    'https://docs.aws.amazon.com/general/latest/gr/bedrock.html',
  ),
  vendor(
    'azure',
    ['*.openai.azure.com', '*.cognitiveservices.azure.com', '*.services.ai.azure.com', '*.openai.azure.us'],
    [...OPENAI_ALL, 'anthropic-messages'],
    'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  ),
  vendor(
    'azure-inference',
    ['*.models.ai.azure.com', '*.inference.ml.azure.com'],
    OPENAI,
    'https://learn.microsoft.com/rest/api/aifoundry/modelinference/',
  ),
  vendor(
    'openrouter',
    ['openrouter.ai'],
    ['openai-chat', 'openai-responses', 'openai-completions', 'openai-embeddings', 'anthropic-messages'],
    'https://openrouter.ai/docs/api-reference/overview',
  ),
  vendor(
    'groq',
    ['api.groq.com'],
    ['openai-chat', 'openai-responses'],
    'https://console.groq.com/docs/api-reference',
  ),
  vendor(
    'mistral',
    ['api.mistral.ai', 'codestral.mistral.ai'],
    ['openai-chat', 'openai-embeddings'],
    'https://docs.mistral.ai/api/',
  ),
  vendor(
    'deepseek',
    ['api.deepseek.com'],
    ['openai-chat', 'openai-completions', 'anthropic-messages'],
    'https://api-docs.deepseek.com/',
  ),
  vendor(
    'together',
    ['api.together.xyz', 'api.together.ai'],
    ['openai-chat', 'openai-completions', 'openai-embeddings'],
    'https://docs.together.ai/reference/chat-completions-1',
  ),
  vendor(
    'xai',
    ['api.x.ai', '*.api.x.ai'],
    ['openai-chat', 'openai-responses', 'openai-completions', 'anthropic-messages'],
    'https://docs.x.ai/docs/api-reference',
  ),
  vendor(
    'fireworks',
    ['api.fireworks.ai'],
    [...OPENAI_ALL, 'anthropic-messages'],
    'https://docs.fireworks.ai/api-reference/introduction',
  ),
  vendor(
    'perplexity',
    ['api.perplexity.ai'],
    ['openai-chat', 'openai-responses'],
    'https://docs.perplexity.ai/api-reference/chat-completions-post',
  ),
  vendor(
    'cerebras',
    ['api.cerebras.ai'],
    ['openai-chat', 'openai-completions'],
    'https://inference-docs.cerebras.ai/api-reference/chat-completions',
  ),
  vendor(
    'cohere',
    ['api.cohere.com', 'api.cohere.ai'],
    ['cohere-chat', 'openai-chat'],
    'https://docs.cohere.com/reference/about',
  ),
  vendor(
    'huggingface',
    ['router.huggingface.co', 'api-inference.huggingface.co', '*.endpoints.huggingface.cloud'],
    ['openai-chat', 'openai-responses'],
    'https://huggingface.co/docs/inference-providers',
  ),
  vendor(
    'nvidia',
    ['integrate.api.nvidia.com', 'ai.api.nvidia.com'],
    ['openai-chat', 'openai-completions', 'openai-embeddings'],
    'https://docs.api.nvidia.com/nim/reference/llm-apis',
  ),
  vendor(
    'sambanova',
    ['api.sambanova.ai'],
    ['openai-chat', 'openai-embeddings'],
    'https://docs.sambanova.ai/cloud/api-reference/overview',
  ),
  vendor(
    'deepinfra',
    ['api.deepinfra.com'],
    ['openai-chat', 'openai-completions', 'openai-embeddings', 'anthropic-messages'],
    'https://deepinfra.com/docs/openai_api',
  ),
  vendor('writer', ['api.writer.com'], OPENAI, 'https://dev.writer.com/api-reference'),
  vendor('venice', ['api.venice.ai'], OPENAI, 'https://docs.venice.ai/api-reference'),
  vendor(
    'zai',
    ['api.z.ai', 'open.bigmodel.cn'],
    ['openai-chat', 'anthropic-messages'],
    'https://docs.z.ai/api-reference',
  ),
  vendor(
    'moonshot',
    ['api.moonshot.ai', 'api.moonshot.cn', 'api.kimi.com'],
    ['openai-chat', 'anthropic-messages'],
    'https://platform.moonshot.ai/docs/api/chat',
  ),
  vendor(
    'dashscope',
    ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
    ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages'],
    'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
  ),
  vendor(
    'minimax',
    ['api.minimax.io', 'api.minimaxi.com', 'api.minimax.chat'],
    ['openai-chat', 'anthropic-messages'],
    'https://platform.minimax.io/docs/api-reference',
  ),
  vendor(
    'copilot',
    ['api.githubcopilot.com', '*.githubcopilot.com'],
    ['openai-chat', 'openai-responses', 'anthropic-messages'],
    'https://docs.github.com/copilot/reference/copilot-allowlist-reference',
  ),
  vendor(
    'github-models',
    ['models.github.ai', 'models.inference.ai.azure.com'],
    ['openai-chat', 'openai-embeddings'],
    'https://docs.github.com/rest/models/inference',
  ),
  vendor(
    'nebius',
    ['api.studio.nebius.com', 'api.studio.nebius.ai', 'api.tokenfactory.nebius.com'],
    ['openai-chat', 'openai-completions', 'openai-embeddings'],
    'https://docs.tokenfactory.nebius.com/api-reference',
  ),
  vendor('hyperbolic', ['api.hyperbolic.xyz'], OPENAI, 'https://docs.hyperbolic.xyz/docs/rest-api'),
  vendor('novita', ['api.novita.ai'], OPENAI, 'https://novita.ai/docs/api-reference'),
  vendor(
    'baseten',
    ['inference.baseten.co', '*.api.baseten.co'],
    OPENAI,
    'https://docs.baseten.co/reference/inference-api',
  ),
  vendor(
    'lambda',
    ['api.lambda.ai', 'api.lambdalabs.com'],
    OPENAI,
    'https://docs.lambda.ai/public-cloud/lambda-inference-api/',
  ),
  vendor(
    'siliconflow',
    ['api.siliconflow.com', 'api.siliconflow.cn'],
    OPENAI,
    'https://docs.siliconflow.com/en/api-reference',
  ),
  vendor('ai21', ['api.ai21.com'], OPENAI, 'https://docs.ai21.com/reference/jamba-1-6-api-ref'),
  vendor('upstage', ['api.upstage.ai'], OPENAI, 'https://console.upstage.ai/api/chat'),
  vendor('reka', ['api.reka.ai'], OPENAI, 'https://docs.reka.ai/chat'),
  vendor(
    'inception',
    ['api.inceptionlabs.ai'],
    OPENAI,
    'https://docs.inceptionlabs.ai/get-started/get-started',
  ),
  vendor(
    'ovhcloud',
    ['*.endpoints.kepler.ai.cloud.ovh.net', 'oai.endpoints.kepler.ai.cloud.ovh.net'],
    OPENAI,
    'https://endpoints.ai.cloud.ovh.net/',
  ),
  vendor('scaleway', ['api.scaleway.ai'], OPENAI, 'https://www.scaleway.com/en/docs/generative-apis/'),
  vendor(
    'crusoe',
    ['api.inference.crusoecloud.com'],
    OPENAI,
    'https://docs.crusoecloud.com/managed-inference/overview',
  ),
  vendor(
    'doubleword',
    ['api.doubleword.ai'],
    ['openai-chat', 'openai-responses'],
    'https://docs.doubleword.ai/',
  ),
  vendor(
    'heroku',
    ['us.inference.heroku.com', 'eu.inference.heroku.com'],
    OPENAI,
    'https://devcenter.heroku.com/articles/heroku-inference',
  ),
  vendor(
    'voyage',
    ['api.voyageai.com'],
    ['openai-embeddings'],
    'https://docs.voyageai.com/reference/embeddings-api',
  ),
  vendor('jina', ['api.jina.ai'], ['openai-embeddings'], 'https://jina.ai/embeddings/'),
  vendor(
    'volcengine',
    ['ark.*.volces.com', 'ark.*.bytepluses.com'],
    ['openai-chat', 'openai-responses'],
    'https://www.volcengine.com/docs/82379',
  ),
  vendor(
    'hunyuan',
    ['api.hunyuan.cloud.tencent.com'],
    OPENAI,
    'https://cloud.tencent.com/document/product/1729/111007',
  ),
  vendor('qianfan', ['qianfan.baidubce.com'], OPENAI, 'https://cloud.baidu.com/doc/qianfan-api/'),
  vendor(
    'ollama-cloud',
    ['ollama.com'],
    ['ollama-chat', 'ollama-generate', 'ollama-embed', 'openai-chat'],
    'https://docs.ollama.com/cloud',
  ),

  // Gateways: they pass a vendor's dialect on, under a path of their own.
  vendor(
    'cloudflare-gateway',
    ['gateway.ai.cloudflare.com'],
    [...OPENAI_ALL, 'anthropic-messages', 'gemini-generate', 'bedrock-converse'],
    'https://developers.cloudflare.com/ai-gateway/',
  ),
  vendor(
    'cloudflare',
    ['api.cloudflare.com'],
    ['openai-chat', 'openai-responses'],
    'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
  ),
  vendor(
    'portkey',
    ['api.portkey.ai'],
    [...OPENAI_ALL, 'anthropic-messages'],
    'https://portkey.ai/docs/api-reference',
  ),
  vendor(
    'helicone',
    [
      'oai.helicone.ai',
      'oai.hconeai.com',
      'anthropic.helicone.ai',
      'gateway.helicone.ai',
      'ai-gateway.helicone.ai',
      '*.helicone.ai',
    ],
    [...OPENAI_ALL, 'anthropic-messages'],
    'https://docs.helicone.ai/getting-started/integration-method/gateway',
  ),
  vendor(
    'vercel-gateway',
    ['ai-gateway.vercel.sh'],
    ['openai-chat', 'openai-responses', 'anthropic-messages'],
    'https://vercel.com/docs/ai-gateway',
  ),
  vendor(
    'pydantic-gateway',
    ['gateway.pydantic.dev', 'gateway-*.pydantic.dev'],
    [...OPENAI_ALL, 'anthropic-messages', 'gemini-generate', 'bedrock-converse'],
    'https://ai.pydantic.dev/gateway/',
  ),
  vendor(
    'requesty',
    ['router.requesty.ai'],
    ['openai-chat', 'anthropic-messages'],
    'https://docs.requesty.ai/',
  ),
  vendor('aimlapi', ['api.aimlapi.com'], OPENAI, 'https://docs.aimlapi.com/'),
  vendor(
    'poe',
    ['api.poe.com'],
    ['openai-chat', 'openai-responses'],
    'https://creator.poe.com/docs/external-applications/openai-compatible-api',
  ),

  {
    ...vendor(
      'databricks',
      ['*.cloud.databricks.com', '*.azuredatabricks.net', '*.gcp.databricks.com'],
      OPENAI,
      'https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference',
    ),
    onRequest: true,
  },
  {
    ...vendor(
      'snowflake',
      ['*.snowflakecomputing.com'],
      ['openai-chat', 'anthropic-messages'],
      'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api',
    ),
    onRequest: true,
  },
  {
    ...vendor('watsonx', ['*.ml.cloud.ibm.com'], OPENAI, 'https://cloud.ibm.com/apidocs/watsonx-ai'),
    onRequest: true,
  },

  local(
    'ollama',
    11434,
    [
      'ollama-chat',
      'ollama-generate',
      'ollama-embed',
      'openai-chat',
      'openai-responses',
      'anthropic-messages',
    ],
    'https://docs.ollama.com/api',
  ),
  local(
    'vllm',
    8000,
    [...OPENAI_ALL, 'anthropic-messages'],
    'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  ),
  local('lm-studio', 1234, OPENAI_ALL, 'https://lmstudio.ai/docs/developer/openai-compat'),
  local(
    'llama-cpp',
    8080,
    ['openai-chat', 'openai-completions', 'openai-embeddings', 'anthropic-messages'],
    'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  ),
  local(
    'sglang',
    30000,
    ['openai-chat', 'openai-completions', 'openai-embeddings'],
    'https://docs.sglang.ai/basic_usage/openai_api.html',
  ),
  local('jan', 1337, OPENAI, 'https://jan.ai/docs/desktop/api-server'),
];
