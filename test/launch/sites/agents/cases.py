"""What the Python agents share. A line marked `# @name` makes the calls that say `case=name`: the test expects that line
as the nearest frame; `# @name+1` is the line of the next frame."""

import traceback

HOST = "https://api.openai.com"
BODY = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}'
HEADERS = {"content-type": "application/json", "authorization": "Bearer sk-test"}


def at(name):
    return HOST + "/v1/chat/completions?case=" + name


def chat(name):
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": "case=" + name}]}


def claude(name):
    return {**chat(name), "model": "claude-sonnet-4", "max_tokens": 50}


def converse(name):
    text = [{"text": "case=" + name}]
    return {"modelId": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": text}]}


failed = []


def run(case):
    try:
        return case()
    except Exception:
        failed.append(case)
        traceback.print_exc()


async def run_async(case):
    try:
        return await case()
    except Exception:
        failed.append(case)
        traceback.print_exc()
