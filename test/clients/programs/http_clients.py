"""httpx (HTTP/1.1 and HTTP/2), requests and aiohttp: plain, streamed, coded, broken, large and parallel."""

import asyncio
import hashlib
import json
import os
import sys

import aiohttp
import httpx
import requests

URL = "https://api.openai.com/v1/chat/completions"
HEADERS = {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


def body(content, **more):
    return {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": content}], **more}


def said(answer):
    return answer["choices"][0]["message"]["content"]


def streamed(lines):
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return len(events), "".join(event["choices"][0]["delta"].get("content") or "" for event in events)


def coded(name, post):
    for coding in ("gzip", "brotli", "zstd"):
        accept = {"gzip": "gzip", "brotli": "br", "zstd": "zstd"}[coding]
        for stream in (False, True):
            status, encoding, size = post({**HEADERS, "accept-encoding": accept}, body(coding, stream=stream))
            print(name, coding, stream, status, encoding, size > 0)


def with_httpx(http2):
    with httpx.Client(http2=http2, headers=HEADERS) as client:
        answer = client.post(URL, json=body("hello"))
        print("httpx", http2, said(answer.json()), answer.http_version, answer.headers["x-request-id"])
        with client.stream("POST", URL, json=body("hello stream", stream=True)) as stream:
            print("httpx", http2, "sse", *streamed(stream.iter_lines()))
        try:
            client.post(URL, json=body("slow"), timeout=1.5)
        except httpx.TimeoutException as error:
            print("httpx", http2, "timeout", type(error).__name__)
        for _ in range(2):
            print("httpx", http2, "again", said(client.post(URL, json=body("again")).json()))
        for content in ("broken", "cut short"):
            try:
                client.post(URL, json=body(content, stream=True))
                print("httpx", http2, content, "whole")
            except httpx.HTTPError:
                print("httpx", http2, content, "failed")


def httpx_raw(headers, json):
    with httpx.stream("POST", URL, headers=headers, json=json) as answer:
        raw = b"".join(answer.iter_raw())
    return answer.status_code, answer.headers.get("content-encoding"), len(raw)


def with_requests():
    with requests.Session() as session:
        session.headers.update(HEADERS)
        print("requests", said(session.post(URL, json=body("hello")).json()))
        with session.post(URL, json=body("hello stream", stream=True), stream=True) as stream:
            print("requests sse", *streamed(line.decode() for line in stream.iter_lines()))
        huge = said(session.post(URL, json=body("huge " + "x" * 20_000_000)).json())
        print("requests huge", len(huge), hashlib.sha256(huge.encode()).hexdigest())


async def with_aiohttp():
    # trust_env: aiohttp heeds the proxy variables only then; a second session shows that it is caught without.
    for trust_env in (True, False):
        async with aiohttp.ClientSession(headers=HEADERS, trust_env=trust_env) as session:

            async def ask(content):
                async with session.post(URL, json=body(content)) as answer:
                    return said(await answer.json())

            print("aiohttp", trust_env, await ask("hello"))
            async with session.post(URL, json=body("hello stream", stream=True)) as stream:
                lines = [line.decode() async for line in stream.content]
            print("aiohttp", trust_env, "sse", *streamed(lines))
            answers = await asyncio.gather(*(ask(f"number {i}") for i in range(64)))
            print("aiohttp", trust_env, "parallel", answers == [f"You said: number {i}" for i in range(64)])


if "codings" in sys.argv:
    coded("httpx", httpx_raw)
else:
    with_httpx(False)
    if "http2" in sys.argv:
        with_httpx(True)
    with_requests()
    asyncio.run(with_aiohttp())
