# Each line marked `# @name` makes one call with `case=name` in its URL: the test expects exactly that line as the
# nearest frame.
import asyncio
import concurrent.futures
import http.client
import threading
import urllib.request

import aiohttp
import httpx
import requests
from anthropic import Anthropic, AsyncAnthropic
from openai import AsyncOpenAI, OpenAI

HOST = "https://api.openai.com"
BODY = b'{"model":"x","messages":[]}'
CHAT = {"model": "x", "messages": [{"role": "user", "content": "hi"}]}


def to(name):
    return HOST + "/v1/chat/completions?case=" + name


def post(name):
    return httpx.post(to(name), content=BODY)  # @helper


urllib.request.urlopen(urllib.request.Request(to("urllib"), data=BODY))  # @urllib
connection = http.client.HTTPSConnection("api.openai.com")
connection.request("POST", "/v1/chat/completions?case=http-client", BODY)  # @http-client
connection.getresponse().read()
requests.post(to("requests"), data=BODY)  # @requests
httpx.post(to("httpx"), content=BODY)  # @httpx
post("helper")
OpenAI(default_query={"case": "openai"}).chat.completions.create(**CHAT)  # @openai
Anthropic(default_query={"case": "anthropic"}).messages.create(max_tokens=1, **CHAT)  # @anthropic
[requests.post(to(name), data=BODY) for name in ["comprehension"]]  # @comprehension

thread = threading.Thread(target=lambda: requests.post(to("thread"), data=BODY))  # @thread
thread.start()
thread.join()
thread = threading.Thread(target=requests.post, args=(to("thread-library"),), kwargs={"data": BODY})
thread.start()  # @thread-library
thread.join()
with concurrent.futures.ThreadPoolExecutor() as pool:
    pool.submit(requests.post, to("executor"), data=BODY).result()  # @executor
    list(pool.map(lambda name: requests.post(to(name), data=BODY), ["executor-map"]))  # @executor-map


async def direct():
    async with httpx.AsyncClient() as client:
        await client.post(to("async"), content=BODY)  # @async


async def gathered():
    async with httpx.AsyncClient() as client:
        await asyncio.gather(client.post(to("gather"), content=BODY))  # @gather


async def tasked():
    async with httpx.AsyncClient() as client:
        task = asyncio.create_task(client.post(to("task"), content=BODY))  # @task
        await task


async def waited():
    async with httpx.AsyncClient() as client:
        await asyncio.wait_for(client.post(to("wait-for"), content=BODY), 30)  # @wait-for


async def with_aiohttp():
    async with aiohttp.ClientSession() as session:
        async with session.post(to("aiohttp"), data=BODY):  # @aiohttp
            pass


async def generate():
    async with httpx.AsyncClient() as client:
        yield await client.post(to("generator"), content=BODY)  # @generator


async def in_thread():
    await asyncio.to_thread(requests.post, to("to-thread"), data=BODY)  # @to-thread


async def in_executor():
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, requests.post, to("run-in-executor"), BODY)  # @run-in-executor


async def with_openai():
    async with AsyncOpenAI(default_query={"case": "async-openai"}) as client:
        calls = [client.chat.completions.create(**CHAT)]
        await asyncio.gather(*calls)  # @async-openai


async def with_anthropic():
    async with AsyncAnthropic(default_query={"case": "async-anthropic"}) as client:
        await client.messages.create(max_tokens=1, **CHAT)  # @async-anthropic


async def main():
    await direct()
    await gathered()
    await tasked()
    await waited()
    await with_aiohttp()
    async for _ in generate():
        pass
    await in_thread()
    await in_executor()
    await with_openai()
    await with_anthropic()


asyncio.run(main())
