"""LangChain's tools, wrapped on either side, sync and async, called as the model calls them."""

import asyncio
import os

import rewind
from langchain_core.tools import tool


def happened(what):
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(what + "\n")


@tool
@rewind.tool(replay="tape")
def inner(city: str) -> dict:
    """The weather."""
    happened("inner " + city)
    return {"city": city, "degrees": 21.0}


@rewind.tool(replay="tape")
@tool
async def outer(city: str) -> str:
    """The weather."""
    happened("outer " + city)
    return city.upper()


call = {"type": "tool_call", "id": "call_1", "args": {"city": "Rome"}}
print(inner.name, inner.args, inner.invoke({**call, "name": "inner"}).content)
print(outer.name, outer.args, asyncio.run(outer.ainvoke({**call, "name": "outer"})).content)
