"""Two named sessions at a time, and a call outside of both."""

import asyncio

import rewind
from openai import AsyncOpenAI

client = AsyncOpenAI()


async def ask(text):
    answer = await client.chat.completions.create(model="gpt-4.1-mini", messages=[{"role": "user", "content": text}])
    return answer.choices[0].message.content


@rewind.tool
async def look(text):
    return text


@rewind.session(name="refund")
async def refund(text):
    await look(text)
    return await ask(text)


@rewind.session(name="order, größer")
async def order(text):
    for answer in [await ask(text), await ask(text + " again")]:
        yield answer


async def main():
    print(await asyncio.gather(refund("one"), refund("two")))
    print([answer async for answer in order("three")])
    print(await ask("outside"))


asyncio.run(main())
