"""The support agent of refunds.mjs, in Python. Styles, the first argument:

plain      httpx, as OpenAI's SDK uses it, without the time that the SDK's import takes
langchain  langchain-openai, whose import takes longer than all the rest
threads    as plain, with another thread running from the second call on
"""

import json
import os
import random
import sys
import threading

HERE = os.getcwd()  # kept as a path on purpose: it must lead to the run's own folder

style = sys.argv[1]
random.seed(7)
print("ticket", random.randint(0, 10**9))

TOOLS = [
    ("find_order", "Finds a customer's order.", {"email": {"type": "string"}}),
    ("refund", "Pays an order back.", {"order": {"type": "string"}, "amount": {"type": "number"}}),
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {"type": "object", "properties": properties, "required": list(properties)},
        },
    }
    for name, description, properties in TOOLS
]


def find_order(email=None):
    return {"order": "A-17", "paid": 40, "of": email}


def refund(order=None, amount=None):
    with open(os.path.join(HERE, "refunds.log"), "a") as log:
        log.write("%s %s\n" % (order, amount))
    return {"refunded": amount or "all"}


RUN = {"find_order": find_order, "refund": refund}
journal = open("journal.txt", "a", buffering=1)


def ask_httpx():
    import httpx

    headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
    client = httpx.Client(base_url="https://api.openai.com/v1", headers=headers, timeout=5)

    def ask(messages):
        body = {"model": "gpt-4.1-mini", "messages": messages, "tools": TOOLS}
        answer = client.post("/chat/completions", json=body).raise_for_status()
        message = answer.json()["choices"][0]["message"]
        return message["content"], [
            (call["id"], call["function"]["name"], call["function"]["arguments"])
            for call in message.get("tool_calls") or []
        ]

    return ask


def ask_langchain():
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="gpt-4.1-mini", timeout=5).bind_tools(TOOLS)

    def ask(messages):
        message = model.invoke(messages)
        return message.content, [(call["id"], call["name"], json.dumps(call["args"])) for call in message.tool_calls]

    return ask


ask = ask_langchain() if style == "langchain" else ask_httpx()
done = threading.Event()
messages = [{"role": "user", "content": "Please refund my last order, I am dana@example.com"}]
for turn in range(6):
    try:
        content, calls = ask(messages)
    except Exception as error:
        print("Sorry, that failed:", type(error).__name__)
        sys.exit(3)
    if style == "threads" and turn == 0:
        threading.Thread(target=done.wait, daemon=True).start()
    journal.write("turn %d\n" % turn)
    if not calls:
        print(content)
        break
    message = {"role": "assistant", "content": content, "tool_calls": []}
    messages.append(message)
    for id, name, arguments in calls:
        message["tool_calls"].append(
            {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
        )
        result = RUN[name](**json.loads(arguments))
        messages.append({"role": "tool", "tool_call_id": id, "content": json.dumps(result)})
print("lucky number", random.randint(0, 10**9))
