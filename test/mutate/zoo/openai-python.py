"""OpenAI's SDK for Python, whole answers. First argument: `validates` or `naive`."""

import json
import sys

from openai import OpenAI, OpenAIError

CAREFUL = sys.argv[1] == "validates"
TYPES = {"string": str, "number": (int, float)}
TOOLS = {
    "find_order": {"email": "string"},
    "refund": {"order": "string", "amount": "number"},
}


def definition(name):
    properties = {key: {"type": kind} for key, kind in TOOLS[name].items()}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def find_order(email=None):
    return {"order": "A-17", "paid": 40}


def refund(order=None, amount=None):
    with open("refunds.log", "a") as log:
        log.write(f"{order} {amount}\n")
    return {"refunded": amount}


def execute(call):
    if not CAREFUL:
        return globals()[call.function.name](**json.loads(call.function.arguments))
    wanted = TOOLS.get(call.function.name)
    if wanted is None:
        return {"error": f"unknown tool {call.function.name}"}
    try:
        arguments = json.loads(call.function.arguments)
    except ValueError:
        return {"error": "the arguments are not valid JSON"}
    for key, kind in wanted.items():
        if not isinstance(arguments.get(key), TYPES[kind]):
            return {"error": f"invalid argument {key}"}
    return globals()[call.function.name](**arguments)


def ask(client, messages):
    tools = [definition(name) for name in TOOLS]
    for _ in range(2):
        answer = client.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=tools)
        choice = answer.choices[0]
        whole = choice.finish_reason in ("stop", "tool_calls")
        if not CAREFUL or (whole and (choice.message.content or choice.message.tool_calls)):
            return choice.message
    raise ValueError("the model gives no whole answer")


def run():
    client = OpenAI(timeout=60)
    messages = [{"role": "user", "content": "I am dana@example.com. Please refund my order."}]
    for _ in range(8):
        message = ask(client, messages)
        if not message.tool_calls:
            return message.content
        messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
        for call in message.tool_calls:
            content = json.dumps(execute(call))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    raise ValueError("too many turns")


if CAREFUL:
    try:
        print(run())
    except (OpenAIError, ValueError, AttributeError, TypeError) as error:
        sys.exit(f"refund agent failed: {error}")
else:
    print(run())
