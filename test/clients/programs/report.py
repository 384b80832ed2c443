"""Prints what an SDK understood of one answer; see reported-calls.ts."""

import json

TOOLS = {"get_weather": lambda **_: {"degrees": 7}, "get_time": lambda **_: {"time": "noon"}}
SCHEMAS = {
    "get_weather": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "integer"}}},
        "required": ["city", "days"],
    },
    "get_time": {"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]},
}


def report(case, **answer):
    print(json.dumps({"case": case, **answer}), flush=True)


def openai_tools():
    return [
        {"type": "function", "function": {"name": name, "description": name, "parameters": schema}}
        for name, schema in SCHEMAS.items()
    ]
