"""Two tools with a side effect each (a line in a file), behind OpenAI's SDK."""

import json
import os

import rewind
from openai import OpenAI

client = OpenAI()


def happened(what: str) -> None:
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(what + "\n")


@rewind.tool(replay="tape")
def search_orders(customer: str) -> list:
    happened("search " + customer)
    return [{"id": "ORD-1042", "item": "espresso machine", "total": 249.0}]


@rewind.tool(replay="tape")
def refund(order: str, reason: str) -> dict:
    happened("refund " + order)
    return {"order": order, "refunded": 249.0, "api_key": "canary-" + os.environ["CANARY"]}


TOOLS = {tool.__name__: tool for tool in (search_orders, refund)}
messages = [{"role": "user", "content": "I am dana@example.com. My espresso machine arrived broken. Please refund it."}]
while True:
    schemas = [{"type": "function", "function": {"name": name}} for name in TOOLS]
    message = client.chat.completions.create(model="gpt-4.1-mini", messages=messages, tools=schemas).choices[0].message
    messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
    if not message.tool_calls:
        break
    for call in message.tool_calls:
        result = TOOLS[call.function.name](**json.loads(call.function.arguments))  # called here
        result = {key: value for key, value in result.items() if key != "api_key"} if call.function.name == "refund" else result
        messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
print(message.content)
