"""OpenAI's SDK asks for a tool of an MCP server, over HTTP (a URL as the argument) or stdio (a command): the protocol's own SDK."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from openai import AsyncOpenAI


async def main() -> None:
    async with AsyncExitStack() as stack:
        if sys.argv[1].startswith("http"):
            streams = await stack.enter_async_context(streamable_http_client(sys.argv[1]))
        else:
            server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
            streams = await stack.enter_async_context(stdio_client(server))
        mcp = await stack.enter_async_context(ClientSession(streams[0], streams[1]))
        await mcp.initialize()
        tools = [{"type": "function", "function": {"name": tool.name}} for tool in (await mcp.list_tools()).tools]
        client = AsyncOpenAI()
        messages = [{"role": "user", "content": "Refund ORD-1042."}]
        while True:
            answer = await client.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=tools)
            message = answer.choices[0].message
            messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
            if not message.tool_calls:
                break
            for call in message.tool_calls:
                result = await mcp.call_tool(call.function.name, json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result.content[0].text})
        print(message.content)


asyncio.run(main())
