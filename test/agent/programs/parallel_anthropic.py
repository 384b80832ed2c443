"""Anthropic's SDK; the tools of one turn run at once, and the first to be asked for is the last to end."""

import asyncio
import os

import rewind
from anthropic import AsyncAnthropic

asked = 0


@rewind.tool(replay="tape")
async def search(query: str) -> str:
    global asked
    asked += 1
    mine = asked  # the first to run
    await asyncio.sleep(0.3 / mine)
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(query + "\n")
    return "%s: hit %d" % (query, mine)


async def main() -> None:
    client = AsyncAnthropic(api_key="sk-ant-test")
    messages = [{"role": "user", "content": "Compare them."}]
    tools = [{"name": "search", "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}}}]
    while True:
        answer = await client.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=messages, tools=tools)
        calls = [part for part in answer.content if part.type == "tool_use"]
        if not calls:
            return print(answer.content[0].text)
        results = await asyncio.gather(*(search(**call.input) for call in calls))
        messages += [
            {"role": "assistant", "content": [part.model_dump(exclude_none=True) for part in answer.content]},
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": call.id, "content": result}
                    for call, result in zip(calls, results)
                ],
            },
        ]


asyncio.run(main())
