"""What streams do beside giving items: they are sent to, thrown at, closed early, and return something."""

import asyncio

import rewind


@rewind.tool(replay="tape")
def echo():
    got = None
    try:
        while True:
            try:
                got = yield got
            except KeyError as error:
                got = "caught %r" % error
    finally:
        print("closed")


@rewind.tool(replay="tape")
async def echo_async():
    got = None
    try:
        while True:
            try:
                got = yield got
            except KeyError as error:
                got = "caught %r" % error
    finally:
        print("closed")


@rewind.tool(replay="tape")
def returns():
    yield 1
    return 2


@rewind.tool(replay="tape")
def stops():
    raise StopIteration(3)


@rewind.tool(replay="tape")
async def waits():
    await asyncio.sleep(30)


def outer():
    print("returned", (yield from returns()))


async def main():
    stream = echo_async()
    await stream.__anext__()
    print(await stream.asend("b"), await stream.athrow(KeyError("k")))
    await stream.aclose()
    async for _ in echo_async():
        break
    task = asyncio.create_task(waits())
    await asyncio.sleep(0.05)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    waits().close()


stream = echo()
next(stream)
print(stream.send("a"), stream.throw(KeyError("k")))
stream.close()
list(outer())
try:
    stops()
except StopIteration as stop:
    print("stopped", stop.value)
asyncio.run(main())
