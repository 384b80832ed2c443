import asyncio
import json

from anthropic import Anthropic, AsyncAnthropic, AuthenticationError
from report import SCHEMAS, TOOLS, report

client = Anthropic()
BODY = {"model": "claude-haiku-4-5", "max_tokens": 1000}
LIST = [{"name": name, "description": name, "input_schema": schema} for name, schema in SCHEMAS.items()]


def user(content):
    return [{"role": "user", "content": content}]


def ask(content, **options):
    return client.with_options(**options).messages.create(**BODY, messages=user(content))


def say(case, message):
    report(
        case,
        model=message.model,
        text="".join(block.text for block in message.content if block.type == "text"),
        tools=[[block.name, block.input] for block in message.content if block.type == "tool_use"],
        usage=[message.usage.input_tokens, message.usage.output_tokens],
    )


say("json", ask("hello"))
messages = user("the weather, please")
while True:
    with client.messages.stream(**BODY, messages=messages, tools=LIST) as stream:
        message = stream.get_final_message()
    say("sse tools", message)
    if message.stop_reason != "tool_use":
        break
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": json.dumps(TOOLS[block.name]())}
        for block in message.content
        if block.type == "tool_use"
    ]
    content = [block.model_dump(exclude_none=True, exclude={"caller"}) for block in message.content]
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]

print("count", client.messages.count_tokens(model=BODY["model"], messages=user("hello")).input_tokens)
say("retries", ask("flaky", max_retries=4))
say("timeout and retry", ask("slow", timeout=1.5, max_retries=1))
for _ in range(3):
    print("again", ask("again").content[0].text)
try:
    Anthropic(api_key="invalid").messages.create(**BODY, messages=user("hello"))
except AuthenticationError as error:
    print("wrong key", error.status_code, error.body["error"]["type"])


async def parallel():
    async with AsyncAnthropic() as client:
        answers = await asyncio.gather(*(client.messages.create(**BODY, messages=user(f"number {i}")) for i in range(8)))
    print("parallel", [each.content[0].text for each in answers])


asyncio.run(parallel())
