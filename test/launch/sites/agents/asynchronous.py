# asyncio: tasks, groups, generators, threads, and each asynchronous client. Marks as in cases.py.
import asyncio
import concurrent.futures
import contextlib
import functools
import sys

import aiohttp
import httpx
import requests
from anthropic import AsyncAnthropic
from cases import BODY, HEADERS, at, chat, claude, failed, run_async
from google import genai
from openai import AsyncOpenAI

web = httpx.AsyncClient(headers=HEADERS)
openai = AsyncOpenAI(max_retries=0)
anthropic = AsyncAnthropic(max_retries=0)


async def post(name):
    await asyncio.sleep(0)
    return await web.post(at(name), content=BODY)  # @awaited @wrapped @inner-task @queue


async def case_awaited():
    await web.post(at("await"), content=BODY)  # @await
    await post("awaited")  # @awaited+1


async def case_tasks():
    await asyncio.create_task(web.post(at("task"), content=BODY))  # @task
    task = asyncio.create_task(post("inner-task"))  # @inner-task+1
    await task
    await asyncio.gather(*[web.post(at("gather"), content=BODY) for _ in range(3)])  # @gather
    await asyncio.wait_for(web.post(at("wait-for"), content=BODY), 30)  # @wait-for
    await asyncio.shield(web.post(at("shield"), content=BODY))  # @shield
    pending = [asyncio.ensure_future(web.post(at("ensure-future"), content=BODY))]  # @ensure-future
    await asyncio.wait(pending)
    for done in asyncio.as_completed([web.post(at("as-completed"), content=BODY)]):  # @as-completed
        await done
    nested = asyncio.create_task(start_another())  # @nested-task+1
    await nested


async def start_another():
    await asyncio.create_task(web.post(at("nested-task"), content=BODY))  # @nested-task


async def case_group():
    if sys.version_info >= (3, 11):
        async with asyncio.TaskGroup() as group:
            group.create_task(web.post(at("task-group"), content=BODY))  # @task-group
        async with asyncio.timeout(30):
            await web.post(at("timeout"), content=BODY)  # @timeout


async def case_callbacks():
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def later():
        task = loop.create_task(web.post(at("call-soon"), content=BODY))  # @call-soon
        task.add_done_callback(lambda _: done.set())

    loop.call_soon(later)
    await done.wait()
    done.clear()

    def first(_):
        second = asyncio.ensure_future(web.post(at("done-callback"), content=BODY))  # @done-callback
        second.add_done_callback(lambda _: done.set())

    asyncio.create_task(asyncio.sleep(0)).add_done_callback(first)
    await done.wait()
    loop.call_later(0, asyncio.ensure_future, web.post(at("call-later"), content=BODY))  # @call-later
    await asyncio.sleep(0.01)
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))


async def generate():
    yield 1
    yield await web.post(at("generator"), content=BODY)  # @generator


@contextlib.asynccontextmanager
async def managed():
    await web.post(at("context-enter"), content=BODY)  # @context-enter
    yield


def timed(function):
    @functools.wraps(function)
    async def wrapper(*args):
        await asyncio.sleep(0)
        return await function(*args)  # @wrapped+1

    return wrapper


async def case_generators():
    async for _ in generate():
        pass
    async with managed():
        pass
    [await web.post(at(name), content=BODY) for name in ["comprehension"]]  # @comprehension
    [answer async for answer in generate_again()]
    await timed(post)("wrapped")  # @wrapped+2


async def generate_again():
    for name in ["async-comprehension"]:
        yield await web.post(at(name), content=BODY)  # @async-comprehension


async def case_queue():
    queue = asyncio.Queue()

    async def work():
        while await queue.get():
            await post("queue")  # @queue+1

    worker = asyncio.create_task(work())
    await queue.put(True)
    await queue.put(False)
    await worker


async def case_threads():
    await asyncio.to_thread(requests.post, at("to-thread"), data=BODY, headers=HEADERS)  # @to-thread
    await asyncio.to_thread(lambda: requests.post(at("to-thread-lambda"), data=BODY, headers=HEADERS))  # @to-thread-lambda
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, requests.post, at("run-in-executor"), BODY)  # @run-in-executor
    with concurrent.futures.ThreadPoolExecutor() as pool:
        call = functools.partial(requests.post, at("own-executor"), data=BODY, headers=HEADERS)
        await asyncio.gather(*[loop.run_in_executor(pool, call) for _ in range(2)])  # @own-executor
    await asyncio.to_thread(in_thread, loop)


def in_thread(loop):
    asyncio.run_coroutine_threadsafe(web.post(at("threadsafe"), content=BODY), loop).result()  # @threadsafe


async def case_aiohttp():
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.post(at("aiohttp"), data=BODY) as answer:  # @aiohttp
            await answer.read()
        answer = await session.post(at("aiohttp-await"), data=BODY)  # @aiohttp-await
        await answer.read()
        await asyncio.gather(*[session.post(at("aiohttp-gather"), data=BODY) for _ in range(2)])  # @aiohttp-gather


async def case_httpx():
    async with httpx.AsyncClient(headers=HEADERS) as client:
        async with client.stream("POST", at("httpx-stream"), content=BODY) as answer:  # @httpx-stream
            async for _ in answer.aiter_text():
                pass


async def case_openai():
    await openai.chat.completions.create(**chat("openai"))  # @openai
    async for _ in await openai.chat.completions.create(**chat("openai-stream"), stream=True):  # @openai-stream
        pass
    async with openai.chat.completions.stream(**chat("openai-stream-helper")) as stream:  # @openai-stream-helper
        await stream.get_final_completion()
    calls = [openai.chat.completions.create(**chat("openai-gather")) for _ in range(2)]
    await asyncio.gather(*calls)  # @openai-gather
    await openai.responses.create(model="gpt-4o", input="case=openai-responses")  # @openai-responses


async def case_anthropic():
    await anthropic.messages.create(**claude("anthropic"))  # @anthropic
    async with anthropic.messages.stream(**claude("anthropic-stream-helper")) as stream:  # @anthropic-stream-helper
        await stream.get_final_message()
    async for _ in await anthropic.messages.create(**claude("anthropic-stream"), stream=True):  # @anthropic-stream
        pass
    await asyncio.gather(anthropic.messages.create(**claude("anthropic-gather")))  # @anthropic-gather


async def case_gemini():
    models = genai.Client(api_key="test").aio.models
    await models.generate_content(model="gemini-2.5-flash", contents="case=gemini")  # @gemini
    stream = await models.generate_content_stream(model="gemini-2.5-flash", contents="case=gemini-stream")
    async for _ in stream:  # @gemini-stream
        pass
    asked = {"model": "gemini-2.5-flash", "contents": "case=gemini-gather"}
    await asyncio.gather(models.generate_content(**asked), models.generate_content(**asked))  # @gemini-gather


async def main():
    for case in [value for name, value in list(globals().items()) if name.startswith("case_")]:
        await run_async(case)


asyncio.run(main())
sys.exit(1 if failed else 0)
