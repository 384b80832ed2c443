import type { Probe } from './probe.ts';

const source = `
import asyncio, http.client, json, os, urllib.parse, urllib.request

BASE = os.environ["PROBE_URL"]
BODY = json.dumps({"model": "probe", "messages": [{"role": "user", "content": "probe"}]}).encode()
HEADERS = {"content-type": "application/json"}
SDK_BASE = BASE.split("/v1/")[0]

def probe(client, call):
    try:
        line = {"client": client, "status": call(BASE + "?client=" + urllib.parse.quote(client))}
    except ImportError:
        line = {"client": client, "missing": True}
    except Exception as error:
        line = {"client": client, "error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(line), flush=True)

def with_urllib(url):
    return urllib.request.urlopen(urllib.request.Request(url, data=BODY, headers=HEADERS)).status

def with_http_client(url):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc)
    connection.request("POST", parts.path + "?" + parts.query, BODY, HEADERS)
    return connection.getresponse().status

def with_requests(url):
    import requests
    return requests.post(url, data=BODY, headers=HEADERS).status_code

def with_requests_no_env(url):
    import requests
    session = requests.Session()
    session.trust_env = False
    return session.post(url, data=BODY, headers=HEADERS).status_code

def with_httpx(url):
    import httpx
    return httpx.post(url, content=BODY, headers=HEADERS).status_code

def with_httpx_no_env(url):
    import httpx
    return httpx.post(url, content=BODY, headers=HEADERS, trust_env=False).status_code

def with_httpx_async(url):
    import httpx
    async def call():
        async with httpx.AsyncClient() as client:
            return (await client.post(url, content=BODY, headers=HEADERS)).status_code
    return asyncio.run(call())

def with_aiohttp(url):
    import aiohttp
    async def call():
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=BODY, headers=HEADERS) as response:
                return response.status
    return asyncio.run(call())

def with_uvloop(url):
    import aiohttp, uvloop
    async def call():
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=BODY, headers=HEADERS) as response:
                return response.status
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(call())
    finally:
        loop.close()

def with_openai(url):
    from openai import OpenAI
    client = OpenAI(api_key="probe", base_url=SDK_BASE + "/v1", max_retries=0, default_query={"client": "openai"})
    client.chat.completions.create(model="probe", messages=[{"role": "user", "content": "probe"}])
    return 200

def with_anthropic(url):
    from anthropic import Anthropic
    client = Anthropic(api_key="probe", base_url=SDK_BASE, max_retries=0, default_query={"client": "anthropic"})
    client.messages.with_raw_response.create(model="probe", max_tokens=1, messages=[{"role": "user", "content": "probe"}])
    return 200

probe("urllib", with_urllib)
probe("http.client", with_http_client)
probe("requests", with_requests)
probe("requests, trust_env=False", with_requests_no_env)
probe("httpx", with_httpx)
probe("httpx, trust_env=False", with_httpx_no_env)
probe("httpx, async", with_httpx_async)
probe("aiohttp", with_aiohttp)
probe("aiohttp on uvloop", with_uvloop)
probe("openai", with_openai)
probe("anthropic", with_anthropic)
`;

export const pythonProbe: Probe = {
  runtime: 'python',
  fileName: 'probe.py',
  source,
  command: (program, script) => [program, script],
  versionFlags: ['--version'],
  advice: 'Do not run Python with -I, -E or -S, and keep PYTHONPATH; or use --base-urls.',
};
