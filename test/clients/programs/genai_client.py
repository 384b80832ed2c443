import asyncio
import os

from google import genai
from google.genai import types
from report import SCHEMAS, TOOLS, report

client = genai.Client(api_key=os.environ["GEMINI_API_KEY"])
MODEL = "gemini-2.5-flash"
DECLARATIONS = [
    types.FunctionDeclaration(name=name, description=name, parameters_json_schema=schema)
    for name, schema in SCHEMAS.items()
]
CONFIG = types.GenerateContentConfig(
    tools=[types.Tool(function_declarations=DECLARATIONS)],
    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
)


def say(case, answer):
    usage = answer.usage_metadata
    report(
        case,
        model=answer.model_version,
        text="".join(part.text or "" for part in answer.candidates[0].content.parts),
        tools=[[call.name, call.args] for call in answer.function_calls or []],
        usage=[usage.prompt_token_count, usage.candidates_token_count],
    )


say("json", client.models.generate_content(model=MODEL, contents="hello"))
contents = [types.Content(role="user", parts=[types.Part(text="the weather, please")])]
while True:
    answer = client.models.generate_content(model=MODEL, contents=contents, config=CONFIG)
    say("tools", answer)
    if not answer.function_calls:
        break
    parts = [
        types.Part.from_function_response(name=call.name, response={"output": TOOLS[call.name]()})
        for call in answer.function_calls
    ]
    contents += [answer.candidates[0].content, types.Content(role="user", parts=parts)]

text, usage, chunks = "", None, 0
for chunk in client.models.generate_content_stream(model=MODEL, contents=" ".join(f"word{i}" for i in range(60))):
    text, usage, chunks = text + (chunk.text or ""), chunk.usage_metadata, chunks + 1
report("sse", text=text, usage=[usage.prompt_token_count, usage.candidates_token_count])
print("chunks", chunks)
vectors = client.models.embed_content(model="gemini-embedding-001", contents=["a", "b"]).embeddings
print("embeddings", [len(vector.values) for vector in vectors])
for _ in range(3):
    print("again", client.models.generate_content(model=MODEL, contents="again").text)


async def parallel():
    asks = [client.aio.models.generate_content(model=MODEL, contents=f"number {i}") for i in range(8)]
    print("parallel", [each.text for each in await asyncio.gather(*asks)])
    await client.aio.aclose()


asyncio.run(parallel())
