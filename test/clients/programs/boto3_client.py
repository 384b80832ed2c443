import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from report import SCHEMAS, TOOLS, report

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
client = boto3.client("bedrock-runtime", region_name="us-east-1", config=Config(retries={"total_max_attempts": 4}))
TOOL_CONFIG = {
    "tools": [{"toolSpec": {"name": name, "inputSchema": {"json": schema}}} for name, schema in SCHEMAS.items()]
}


def user(text):
    return [{"role": "user", "content": [{"text": text}]}]


def say(case, content, usage):
    report(
        case,
        text="".join(block.get("text", "") for block in content),
        tools=[[block["toolUse"]["name"], block["toolUse"]["input"]] for block in content if "toolUse" in block],
        usage=[usage["inputTokens"], usage["outputTokens"]],
    )


messages = user("the weather, please")
while True:
    answer = client.converse(modelId=MODEL, messages=messages, toolConfig=TOOL_CONFIG)
    message = answer["output"]["message"]
    say("converse", message["content"], answer["usage"])
    if answer["stopReason"] != "tool_use":
        break
    results = [
        {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"json": TOOLS[use["name"]]()}]}}
        for use in (block["toolUse"] for block in message["content"] if "toolUse" in block)
    ]
    messages += [message, {"role": "user", "content": results}]

text, usage = "", None
for event in client.converse_stream(modelId=MODEL, messages=user("hello stream"))["stream"]:
    text += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
    usage = event.get("metadata", {}).get("usage", usage)
say("converse stream", [{"text": text}], usage)

BODY = json.dumps(
    {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
)
invoked = json.loads(client.invoke_model(modelId=MODEL, body=BODY)["body"].read())
usage = invoked["usage"]
report("invoke", text=invoked["content"][0]["text"], usage=[usage["input_tokens"], usage["output_tokens"]])
text = ""
for event in client.invoke_model_with_response_stream(modelId=MODEL, body=BODY)["body"]:
    text += json.loads(event["chunk"]["bytes"]).get("delta", {}).get("text", "")
print("invoke stream", text)
try:
    boto3.client(
        "bedrock-runtime", region_name="us-east-1", aws_access_key_id="invalid", aws_secret_access_key="x"
    ).converse(modelId=MODEL, messages=user("hello"))
except ClientError as error:
    print("wrong key", error.response["Error"]["Code"])
