import asyncio
import json

from openai import AsyncOpenAI, OpenAI
from report import TOOLS, openai_tools, report

client = OpenAI()
MODEL = "gpt-4.1-mini"


def user(content):
    return [{"role": "user", "content": content}]


def ask(content, **options):
    return client.with_options(**options).chat.completions.create(model=MODEL, messages=user(content))


def say(case, completion):
    message = completion.choices[0].message
    report(
        case,
        model=completion.model,
        text=message.content or "",
        tools=[[call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls or []],
        usage=[completion.usage.prompt_tokens, completion.usage.completion_tokens],
    )


say("json", ask("hello"))
messages = user("the weather, please")
while True:
    with client.chat.completions.stream(
        model=MODEL, messages=messages, tools=openai_tools(), stream_options={"include_usage": True}
    ) as stream:
        completion = stream.get_final_completion()
    say("sse tools", completion)
    message = completion.choices[0].message
    if not message.tool_calls:
        break
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.function.name, "arguments": call.function.arguments}}
        for call in message.tool_calls
    ]
    messages.append({"role": "assistant", "content": message.content, "tool_calls": calls})
    for call in message.tool_calls:
        result = json.dumps(TOOLS[call.function.name]())
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})

with client.responses.stream(model="gpt-5-mini", input="hello") as stream:
    response = stream.get_final_response()
report("responses", text=response.output_text, usage=[response.usage.input_tokens, response.usage.output_tokens])
vectors = client.embeddings.create(model="text-embedding-3-small", input=["a cup", "a dog"]).data
print("embeddings", len(vectors), len(vectors[0].embedding))

say("retries", ask("flaky", max_retries=4))
say("timeout and retry", ask("slow", timeout=1.5, max_retries=1))
for _ in range(3):
    print("again", ask("again").choices[0].message.content)
for content in ("broken", "cut short"):
    try:
        for _ in client.with_options(max_retries=0).chat.completions.create(
            model=MODEL, messages=user(content), stream=True
        ):
            pass
        print(content, "whole")
    except Exception:
        print(content, "failed")


async def parallel():
    async with AsyncOpenAI() as client:
        asks = [client.chat.completions.create(model=MODEL, messages=user(f"number {i}")) for i in range(64)]
        answers = await asyncio.gather(*asks)
    print("parallel", all(each.choices[0].message.content == f"You said: number {i}" for i, each in enumerate(answers)))


asyncio.run(parallel())
