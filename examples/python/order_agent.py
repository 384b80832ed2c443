"""A support agent with two tools. `python order_agent.py [--stream] [question]`; needs OPENAI_API_KEY."""

import json
import sys

from openai import OpenAI

MODEL = "gpt-4.1-mini"
ORDERS = [
    {"id": "ORD-1042", "customer": "dana@example.com", "item": "espresso machine", "total": 249.0},
    {"id": "ORD-1057", "customer": "dana@example.com", "item": "milk frother", "total": 39.5},
]


def search_orders(customer: str) -> list:
    return [order for order in ORDERS if order["customer"] == customer]


def refund(order: str, reason: str) -> dict:
    amount = next(each["total"] for each in ORDERS if each["id"] == order)
    return {"order": order, "refunded": amount, "reason": reason}


def tool(function, description: str, *parameters: str) -> dict:
    properties = {name: {"type": "string"} for name in parameters}
    schema = {"type": "object", "properties": properties, "required": list(parameters)}
    definition = {"name": function.__name__, "description": description, "parameters": schema}
    return {"type": "function", "function": definition}


FUNCTIONS = {"search_orders": search_orders, "refund": refund}
TOOLS = [
    tool(search_orders, "Finds the orders of a customer by e-mail address.", "customer"),
    tool(refund, "Refunds an order in full.", "order", "reason"),
]


def ask(client: OpenAI, messages: list, stream: bool):
    """One model call; gives the assistant's message. A stream is printed while it comes."""
    if not stream:
        return client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    with client.chat.completions.stream(model=MODEL, messages=messages, tools=TOOLS) as events:
        for event in events:
            if event.type == "content.delta":
                print(event.delta, end="", flush=True)
        return events.get_final_completion().choices[0].message


def answer(question: str, stream: bool = False) -> str:
    client = OpenAI()
    messages = [
        {"role": "system", "content": "You are the support agent of a coffee shop. Use the tools; never guess."},
        {"role": "user", "content": question},
    ]
    while True:
        message = ask(client, messages, stream)
        messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            result = FUNCTIONS[call.function.name](**json.loads(call.function.arguments))
            print(f"{call.function.name}({call.function.arguments}) -> {json.dumps(result)}")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})


if __name__ == "__main__":
    stream = "--stream" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--stream"]
    question = " ".join(words) or "I am dana@example.com. My espresso machine arrived broken. Please refund it."
    text = answer(question, stream)
    print("" if stream else text)
