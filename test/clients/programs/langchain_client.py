import json

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from report import TOOLS, openai_tools, report

chat = ChatOpenAI(model="gpt-4.1-mini", stream_usage=True)


def say(case, message):
    usage = message.usage_metadata
    report(
        case,
        text=message.text if isinstance(message.text, str) else message.text(),
        tools=[[call["name"], call["args"]] for call in message.tool_calls],
        usage=[usage["input_tokens"], usage["output_tokens"]],
    )


say("json", chat.invoke("hello"))
messages = [HumanMessage("the weather, please")]
while True:
    message = chat.bind_tools(openai_tools()).invoke(messages)
    say("tools", message)
    messages.append(message)
    if not message.tool_calls:
        break
    for call in message.tool_calls:
        messages.append(ToolMessage(json.dumps(TOOLS[call["name"]]()), tool_call_id=call["id"]))
whole = None
for chunk in chat.stream("hello stream"):
    whole = chunk if whole is None else whole + chunk
say("sse", whole)
vector = OpenAIEmbeddings(model="text-embedding-3-small", check_embedding_ctx_length=False).embed_query("a cup")
print("embedding", len(vector))
print("parallel", [each.text for each in chat.batch([f"number {i}" for i in range(8)])])
