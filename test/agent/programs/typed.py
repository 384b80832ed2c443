"""Looked at by type checkers only: what a user's code keeps of its types under Rewind's decorators and in a test."""

from typing import AsyncIterator, Dict, Iterator, List

import pytest
from typing_extensions import assert_type

import rewind
from pytest_rewind import Call, RewindMiss, RewindSession, ToolCall


@rewind.tool
def search(query: str, most: int = 3) -> List[str]:
    return [query] * most


@rewind.tool(replay="tape")
async def refund(order: str) -> Dict[str, float]:
    return {order: 249.0}


@rewind.tool(name="read_pages", replay="run")
def pages(of: str) -> Iterator[bytes]:
    yield of.encode()


@rewind.tool
async def chunks(of: str) -> AsyncIterator[int]:
    yield len(of)


again = rewind.tool(search, name="search_again", replay="tape")


@rewind.session
def handle(request: str) -> int:
    return len(request)


@rewind.session(name="refund", mode="once")
async def handle_async(request: str) -> int:
    with rewind.session("inner") as inner:
        assert_type(inner.headers, Dict[str, str])
    async with rewind.session("inner"):
        return len(request)


class Shop:
    @rewind.tool(replay="tape")
    def price(self, item: str) -> float:
        return 1.0

    @rewind.tool
    @staticmethod
    def stock(item: str) -> int:
        return 1

    @rewind.tool
    @classmethod
    def make(cls, item: str) -> "Shop":
        return cls()


class FrameworksTool:
    """An object, as LangChain's tools are."""

    name = "forecast"
    func = staticmethod(search)


async def check() -> None:
    assert_type(search("a"), List[str])
    assert_type(again("a", most=2), List[str])
    assert_type(await refund("a"), Dict[str, float])
    assert_type(next(pages("a")), bytes)
    async for chunk in chunks("a"):
        assert_type(chunk, int)
    assert_type(handle("a"), int)
    assert_type(await handle_async("a"), int)
    assert_type(Shop().price("a"), float)
    assert_type(Shop.stock("a"), int)
    assert_type(Shop.make("a"), Shop)
    assert_type(rewind.tool(FrameworksTool(), replay="tape"), FrameworksTool)
    search(1)  # type: ignore[arg-type]
    search("a", "b")  # type: ignore[arg-type]
    await refund()  # type: ignore[call-arg]
    handle(3)  # type: ignore[arg-type]
    Shop().price(3)  # type: ignore[arg-type]
    rewind.tool(3)  # type: ignore[call-overload]
    rewind.tool(search, replay="never")  # type: ignore[call-overload]
    rewind.session("a", mode="never")  # type: ignore[call-overload]


@pytest.mark.rewind(cassette="a.rw")
def test_types(rewind_session: RewindSession) -> None:
    (call,) = rewind_session.calls
    assert_type(call, Call)
    assert_type(rewind_session.tools("search"), List[ToolCall])
    assert_type(rewind_session.tokens, int)
    assert rewind_session.cost_usd is not None and rewind_session.cost_usd > 0
    rewind_session.assert_no_divergence()
    with pytest.raises(RewindMiss):
        search("a")
