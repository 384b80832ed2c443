"""Every kind of function, each with a side effect (a line in a file), and what they give and raise."""

import asyncio
import dataclasses
import datetime
import os

import rewind


def happened(what):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(what + "\n")


@dataclasses.dataclass
class Receipt:
    order: str
    paid: float


class Declined(Exception):
    def __init__(self, order, code):
        super().__init__(order, code)
        self.code = code

    def __str__(self):
        return "declined %s" % self.code


@rewind.tool(replay="tape")
def charge(order: str, amount: float = 1.0):
    happened("charge " + order)
    return {"total": 249.0, "parts": (1, {2, 3}), "raw": b"\x00x", "day": datetime.date(2026, 1, 2), "receipt": Receipt(order, amount)}


@rewind.tool(replay="tape", name="book")
async def reserve(order):
    happened("reserve " + order)
    await asyncio.sleep(0)
    raise Declined(order, 51)


@rewind.tool(replay="tape")
def pages(n):
    happened("pages")
    for i in range(n):
        yield {"page": i, "share": 1.0}
    raise ValueError("no more")


@rewind.tool(replay="tape")
async def chunks(n):
    happened("chunks")
    for i in range(n):
        yield "chunk %d" % i


class Shop:
    @rewind.tool(replay="tape")
    def stock(self, item):
        happened("stock " + item)
        return 3

    @rewind.tool(replay="tape")
    @staticmethod
    def price(item):
        happened("price " + item)
        raise LookupError(item)


async def main():
    try:
        await reserve("c")
    except Declined as error:
        print(repr(error), error.code)
    async for chunk in chunks(5):
        if chunk == "chunk 2":
            break
        print(chunk)
    print(await asyncio.gather(*[asyncio.to_thread(charge, str(i)) for i in range(3)]))


print(charge("a"), charge(order="b"), charge(order="b"))
asyncio.run(main())
try:
    for page in pages(2):
        print(page)
except ValueError as error:
    print(repr(error))
print(Shop().stock("frother"))
try:
    Shop.price("frother")
except LookupError as error:
    print(repr(error))
