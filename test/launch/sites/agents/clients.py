# Synchronous clients and SDKs. Marks as in cases.py.
import http.client
import sys
import urllib.request

import boto3
import httpx
import requests
import urllib3
from anthropic import Anthropic
from cases import BODY, HEADERS, at, chat, claude, converse, failed, run
from google import genai
from openai import AzureOpenAI, OpenAI

openai = OpenAI(max_retries=0)
anthropic = Anthropic(max_retries=0)
gemini = genai.Client(api_key="test")
bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def case_urllib():
    request = urllib.request.Request(at("urllib"), data=BODY, headers=HEADERS)
    urllib.request.urlopen(request).read()  # @urllib


def case_http_client():
    connection = http.client.HTTPSConnection("api.openai.com")
    connection.request("POST", "/v1/chat/completions?case=http-client", BODY, HEADERS)  # @http-client
    connection.getresponse().read()


def case_urllib3():
    urllib3.PoolManager().request("POST", at("urllib3"), body=BODY, headers=HEADERS)  # @urllib3
    urllib3.request("POST", at("urllib3-top"), body=BODY, headers=HEADERS)  # @urllib3-top


def case_requests():
    requests.post(at("requests"), data=BODY, headers=HEADERS)  # @requests
    with requests.Session() as session:
        session.post(at("requests-session"), data=BODY, headers=HEADERS)  # @requests-session
        with session.post(at("requests-stream"), data=BODY, headers=HEADERS, stream=True) as answer:  # @requests-stream
            list(answer.iter_lines())


def case_httpx():
    httpx.post(at("httpx"), content=BODY, headers=HEADERS)  # @httpx
    with httpx.Client() as client:
        client.post(at("httpx-client"), content=BODY, headers=HEADERS)  # @httpx-client
        with client.stream("POST", at("httpx-stream"), content=BODY, headers=HEADERS) as answer:  # @httpx-stream
            list(answer.iter_text())
        request = client.build_request("POST", at("httpx-send"), content=BODY, headers=HEADERS)
        client.send(request)  # @httpx-send


def case_openai():
    openai.chat.completions.create(**chat("openai"))  # @openai
    for _ in openai.chat.completions.create(**chat("openai-stream"), stream=True):  # @openai-stream
        pass
    with openai.chat.completions.stream(**chat("openai-stream-helper")) as stream:  # @openai-stream-helper
        stream.get_final_completion()
    openai.responses.create(model="gpt-4o", input="case=openai-responses")  # @openai-responses
    openai.chat.completions.with_raw_response.create(**chat("openai-raw"))  # @openai-raw
    openai.embeddings.create(model="text-embedding-3-small", input="case=openai-embeddings")  # @openai-embeddings
    with openai.chat.completions.with_streaming_response.create(**chat("openai-lazy")) as answer:  # @openai-lazy
        answer.parse()
    azure = AzureOpenAI(api_key="x", api_version="2024-10-21", azure_endpoint="https://corp.openai.azure.com")
    azure.chat.completions.create(**chat("azure"))  # @azure


def case_anthropic():
    anthropic.messages.create(**claude("anthropic"))  # @anthropic
    for _ in anthropic.messages.create(**claude("anthropic-stream"), stream=True):  # @anthropic-stream
        pass
    with anthropic.messages.stream(**claude("anthropic-stream-helper")) as stream:  # @anthropic-stream-helper
        stream.get_final_message()
    asked = {key: value for key, value in claude("anthropic-count").items() if key != "max_tokens"}
    anthropic.messages.count_tokens(**asked)  # @anthropic-count


def case_gemini():
    gemini.models.generate_content(model="gemini-2.5-flash", contents="case=gemini")  # @gemini
    stream = gemini.models.generate_content_stream(model="gemini-2.5-flash", contents="case=gemini-stream")
    for _ in stream:  # @gemini-stream
        pass
    session = gemini.chats.create(model="gemini-2.5-flash")
    session.send_message("case=gemini-chat")  # @gemini-chat


def case_bedrock():
    bedrock.converse(**converse("bedrock"))  # @bedrock
    for _ in bedrock.converse_stream(**converse("bedrock-stream"))["stream"]:  # @bedrock-stream
        pass


for case in [value for name, value in list(globals().items()) if name.startswith("case_")]:
    run(case)
sys.exit(1 if failed else 0)
