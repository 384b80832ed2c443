"""A planner and two researchers that work at the same time. `python research_team.py [topic]`; needs ANTHROPIC_API_KEY."""

import asyncio
import json
import sys

from anthropic import AsyncAnthropic

PLANNER, RESEARCHER = "claude-sonnet-4-6", "claude-haiku-4-5"
FACTS = {
    "history": "Espresso was patented in Turin in 1884.",
    "health": "Three cups a day are safe for most adults.",
}
LOOK_UP = {
    "name": "look_up",
    "description": "Looks a subject up in the library.",
    "input_schema": {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]},
}


async def plan(client: AsyncAnthropic, topic: str) -> list:
    message = await client.messages.create(
        model=PLANNER,
        max_tokens=500,
        system="You plan research. Answer with a JSON list of two subjects.",
        messages=[{"role": "user", "content": f"Plan: {topic}"}],
    )
    return json.loads(message.content[0].text)


async def research(client: AsyncAnthropic, topic: str, subject: str) -> str:
    messages = [{"role": "user", "content": f"Research the {subject} of {topic}."}]
    while True:
        message = await client.messages.create(
            model=RESEARCHER,
            max_tokens=500,
            system="You research one subject. Look it up, then report in one sentence.",
            messages=messages,
            tools=[LOOK_UP],
        )
        messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]})
        uses = [block for block in message.content if block.type == "tool_use"]
        if not uses:
            return message.content[0].text
        results = [
            {"type": "tool_result", "tool_use_id": use.id, "content": FACTS.get(use.input["subject"], "nothing found")}
            for use in uses
        ]
        messages.append({"role": "user", "content": results})


async def report(client: AsyncAnthropic, topic: str, findings: list) -> None:
    text = "\n".join(f"- {finding}" for finding in findings)
    async with client.messages.stream(
        model=PLANNER,
        max_tokens=500,
        system="You write short reports.",
        messages=[{"role": "user", "content": f"Write the report on {topic} from these findings:\n{text}"}],
    ) as stream:
        async for piece in stream.text_stream:
            print(piece, end="", flush=True)
    print()


async def main() -> None:
    topic = " ".join(sys.argv[1:]) or "coffee"
    async with AsyncAnthropic() as client:
        subjects = await plan(client, topic)
        print(f"Plan: {', '.join(subjects)}")
        findings = await asyncio.gather(*(research(client, topic, subject) for subject in subjects))
        await report(client, topic, findings)


if __name__ == "__main__":
    asyncio.run(main())
