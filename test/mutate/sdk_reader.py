"""What the vendors' own SDKs for Python read from answers that are served at a URL: cases as a JSON list on stdin, one JSON line
for each on stdout, as `Seen` in sdk-readers.ts."""

import json
import sys

import anthropic
import boto3
import botocore.config
import openai
from google import genai

url = sys.argv[1]
# Made once: their certificates and service models take most of the time.
OPENAI = openai.OpenAI(api_key="k", max_retries=0)
ANTHROPIC = anthropic.Anthropic(api_key="k", max_retries=0)
BOTO = boto3.Session()


class Draft:
    def __init__(self):
        self.text = ""
        self.calls = []

    def call(self, name, args=""):
        self.calls.append([name, args if isinstance(args, str) else json.dumps(args)])


def chat(case, at, draft):
    client = OPENAI.with_options(base_url=at + "/v1")
    answer = client.chat.completions.create(**case["body"])
    if not case["streamed"]:
        message = answer.choices[0].message
        draft.text = message.content or ""
        for call in message.tool_calls or []:
            draft.call(call.function.name, call.function.arguments)
        return
    for chunk in answer:
        delta = chunk.choices[0].delta if chunk.choices else None
        draft.text += (delta and delta.content) or ""
        for piece in (delta and delta.tool_calls) or []:
            if piece.index == len(draft.calls):
                draft.call("")
            draft.calls[piece.index][0] += piece.function.name or ""
            draft.calls[piece.index][1] += piece.function.arguments or ""


def responses(case, at, draft):
    client = OPENAI.with_options(base_url=at + "/v1")
    answer = client.responses.create(**case["body"])
    if not case["streamed"]:
        for item in answer.output:
            if item.type == "function_call":
                draft.call(item.name, item.arguments)
            for part in getattr(item, "content", None) or []:
                draft.text += part.text
        return
    places = {}
    for event in answer:
        if event.type == "response.output_text.delta":
            draft.text += event.delta
        elif event.type == "response.output_item.added" and event.item.type == "function_call":
            places[event.output_index] = len(draft.calls)
            draft.call(event.item.name)
        elif event.type == "response.function_call_arguments.delta":
            draft.calls[places[event.output_index]][1] += event.delta
        elif event.type in ("response.failed", "error"):
            raise RuntimeError(event.type)


def message_event(event, draft):
    if event["type"] == "content_block_start" and event["content_block"]["type"] == "tool_use":
        draft.call(event["content_block"]["name"])
    elif event["type"] == "content_block_delta":
        draft.text += event["delta"].get("text") or ""
        if "partial_json" in event["delta"]:
            draft.calls[-1][1] += event["delta"]["partial_json"]


def message(value, draft):
    for block in value["content"]:
        draft.text += block.get("text") or ""
        if block["type"] == "tool_use":
            draft.call(block["name"], block["input"])


def messages(case, at, draft):
    client = ANTHROPIC.with_options(base_url=at)
    answer = client.messages.create(**case["body"])
    if not case["streamed"]:
        message(answer.to_dict(), draft)
        return
    for event in answer:
        message_event(event.to_dict(), draft)


def gemini(case, at, draft):
    client = genai.Client(api_key="k", http_options={"base_url": at})
    asked = {"model": "gemini-2.5-flash", "contents": case["body"]["contents"]}
    asked["config"] = {"tools": case["body"]["tools"]}
    if case["streamed"]:
        answers = client.models.generate_content_stream(**asked)
    else:
        answers = [client.models.generate_content(**asked)]
    for answer in answers:
        content = answer.candidates[0].content if answer.candidates else None
        for part in (content and content.parts) or []:
            draft.text += part.text or ""
            if part.function_call:
                draft.call(part.function_call.name, part.function_call.args)


def bedrock(at):
    return BOTO.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=at,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="k",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )


def converse_event(event, draft):
    use = event.get("contentBlockStart", {}).get("start", {}).get("toolUse")
    if use:
        draft.call(use["name"])
    delta = event.get("contentBlockDelta", {}).get("delta", {})
    draft.text += delta.get("text") or ""
    if "toolUse" in delta:
        draft.calls[-1][1] += delta["toolUse"]["input"]


def conversed(value, draft):
    for block in value["output"]["message"]["content"]:
        draft.text += block.get("text") or ""
        if "toolUse" in block:
            draft.call(block["toolUse"]["name"], block["toolUse"]["input"])


def converse(case, at, draft):
    asked = {"modelId": "anthropic.claude-3-haiku-20240307-v1:0", **case["body"]}
    if not case["streamed"]:
        conversed(bedrock(at).converse(**asked), draft)
        return
    for event in bedrock(at).converse_stream(**asked)["stream"]:
        converse_event(event, draft)


def invoke(whole, piece):
    def read(case, at, draft):
        asked = {"modelId": case["model"], "body": json.dumps(case["body"])}
        if not case["streamed"]:
            whole(json.loads(bedrock(at).invoke_model(**asked)["body"].read()), draft)
            return
        for event in bedrock(at).invoke_model_with_response_stream(**asked)["body"]:
            piece(json.loads(event["chunk"]["bytes"]), draft)

    return read


READERS = {
    "OpenAI chat": chat,
    "OpenAI responses": responses,
    "Anthropic": messages,
    "Gemini": gemini,
    "Bedrock Converse": converse,
    "Bedrock invoke, Claude": invoke(message, message_event),
    "Bedrock invoke, Nova": invoke(conversed, converse_event),
}


def status_of(problem):
    for name in ("status_code", "code"):
        if isinstance(getattr(problem, name, None), int):
            return getattr(problem, name)
    response = getattr(problem, "response", None)
    return response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


for n, case in enumerate(json.load(sys.stdin)):
    draft, error = Draft(), None
    try:
        READERS[case["sdk"]](case, "%s/case/%d" % (url, n), draft)
    except Exception as problem:
        error = {"name": type(problem).__name__, "status": status_of(problem)}
    calls = [[name, parsed(args)] for name, args in draft.calls]
    print(json.dumps({"text": draft.text, "calls": calls, "error": error}), flush=True)
