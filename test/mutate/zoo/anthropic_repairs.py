"""Anthropic's SDK for Python, whole answers. Tells the model what is wrong with a call, trusts orders and amounts only where it has
looked them up, asks once more for what is not whole, and says honestly when it could not; the chat stays open."""

import json

import anthropic

client = anthropic.Anthropic(timeout=60)


def tool(name, **properties):
    kinds = {str: "string", int: "number"}
    schema = {key: {"type": kinds[kind]} for key, kind in properties.items()}
    return {"name": name, "input_schema": {"type": "object", "properties": schema, "required": list(schema)}}


TOOLS = [tool("find_order", email=str), tool("refund", order=str, amount=int)]
paid = {}
refunded = set()


class Unfinished(Exception):
    pass


def find_order(email):
    paid["A-17"] = 40
    return {"order": "A-17", "paid": 40}


def refund(order, amount):
    if order not in paid:
        return {"error": "unknown order %s" % order}
    if amount > paid[order]:
        return {"error": "invalid amount: more than was paid"}
    if order in refunded:
        return {"error": "not possible: refunded already"}
    refunded.add(order)
    with open("refunds.log", "a") as log:
        log.write("%s %s\n" % (order, amount))
    return {"refunded": amount}


def execute(use):
    wanted = next((each["input_schema"]["properties"] for each in TOOLS if each["name"] == use.name), None)
    if wanted is None:
        return {"error": "unknown tool %s" % use.name}
    kinds = {"string": str, "number": (int, float)}
    for key, schema in wanted.items():
        if not isinstance(use.input.get(key), kinds[schema["type"]]):
            return {"error": "invalid argument %s" % key}
    return {"find_order": find_order, "refund": refund}[use.name](**use.input)


def ask(messages):
    for _ in range(2):
        answer = client.messages.create(
            model="claude-sonnet-4-5", max_tokens=500, messages=messages, tools=TOOLS
        )
        if answer.stop_reason == "refusal":
            raise Unfinished("the model refuses")
        said = any(part.type == "tool_use" or part.text for part in answer.content or [])
        if said and answer.stop_reason in ("end_turn", "tool_use"):
            return answer
        if said and all(part.type == "text" for part in answer.content):
            messages = messages + [
                {"role": "assistant", "content": answer.content},
                {"role": "user", "content": "That was cut short. Please say it again, in full."},
            ]
    raise Unfinished("the model gives no whole answer")


def main():
    messages = [{"role": "user", "content": "I am dana@example.com. Please refund my order."}]
    for _ in range(8):
        answer = ask(messages)
        uses = [part for part in answer.content if part.type == "tool_use"]
        if not uses:
            if not refunded:
                raise Unfinished("nothing was refunded")
            return "".join(part.text for part in answer.content)
        results = [(use.id, execute(use)) for use in uses]
        messages += [
            {"role": "assistant", "content": answer.content},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": id,
                        "content": json.dumps(result),
                        "is_error": "error" in result,
                    }
                    for id, result in results
                ],
            },
        ]
    raise Unfinished("the model comes to no end")


try:
    print(main())
except (anthropic.APIError, Unfinished) as problem:
    print("Sorry, I could not finish your refund (%s). A colleague will look at it." % type(problem).__name__)
