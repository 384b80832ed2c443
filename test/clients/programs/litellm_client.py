import asyncio
import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_TELEMETRY"] = "False"

import litellm  # noqa: E402
from report import TOOLS, openai_tools, report  # noqa: E402

litellm.suppress_debug_info = True


# With tools, litellm loads its MCP handler, which needs a package that litellm does not require.
WITHOUT_MCP = {"_skip_mcp_handler": True}


def user(content):
    return [{"role": "user", "content": content}]


def say(case, answer):
    message = answer.choices[0].message
    report(
        case,
        text=message.content or "",
        tools=[[call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls or []],
        usage=[answer.usage.prompt_tokens, answer.usage.completion_tokens],
    )


for model in ("openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5", "gemini/gemini-2.5-flash"):
    say(f"{model} json", litellm.completion(model=model, messages=user("hello")))
    messages = user("the weather, please")
    answer = litellm.completion(model=model, messages=messages, tools=openai_tools(), **WITHOUT_MCP)
    say(f"{model} tools", answer)
    message = answer.choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        result = json.dumps(TOOLS[call.function.name]())
        messages.append({"role": "tool", "tool_call_id": call.id, "name": call.function.name, "content": result})
    say(f"{model} results", litellm.completion(model=model, messages=messages, tools=openai_tools(), **WITHOUT_MCP))
    text = ""
    for chunk in litellm.completion(model=model, messages=user("hello stream"), stream=True):
        text += chunk.choices[0].delta.content or ""
    print(model, "sse", text)


async def parallel():
    asks = [litellm.acompletion(model="openai/gpt-4.1-mini", messages=user(f"number {i}")) for i in range(8)]
    print("parallel", [each.choices[0].message.content for each in await asyncio.gather(*asks)])


asyncio.run(parallel())
