# LangChain and LiteLLM. Marks as in cases.py.
import asyncio
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm  # noqa: E402
from cases import failed, run, run_async  # noqa: E402
from langchain_core.output_parsers import StrOutputParser  # noqa: E402
from langchain_core.prompts import ChatPromptTemplate  # noqa: E402
from langchain_core.runnables import RunnableLambda, RunnableParallel  # noqa: E402
from langchain_openai import ChatOpenAI  # noqa: E402

litellm.telemetry = False
model = ChatOpenAI(model="gpt-4o", max_retries=0)
chain = ChatPromptTemplate.from_messages([("user", "{text}")]) | model | StrOutputParser()


def say(name):
    return [{"role": "user", "content": "case=" + name}]


def case_langchain():
    model.invoke("case=langchain-invoke")  # @langchain-invoke
    for _ in model.stream("case=langchain-stream"):  # @langchain-stream
        pass
    model.batch(["case=langchain-batch"] * 2)  # @langchain-batch
    chain.invoke({"text": "case=langchain-chain"})  # @langchain-chain
    for _ in chain.stream({"text": "case=langchain-chain-stream"}):  # @langchain-chain-stream
        pass
    chain.batch([{"text": "case=langchain-chain-batch"}] * 3)  # @langchain-chain-batch
    RunnableParallel(a=model, b=model).invoke("case=langchain-parallel")  # @langchain-parallel
    RunnableLambda(lambda text: model.invoke(text)).invoke("case=langchain-lambda")  # @langchain-lambda


def case_litellm():
    litellm.completion(model="openai/gpt-4o", messages=say("litellm"))  # @litellm
    for _ in litellm.completion(model="openai/gpt-4o", messages=say("litellm-stream"), stream=True):  # @litellm-stream
        pass
    litellm.completion(model="anthropic/claude-sonnet-4", messages=say("litellm-anthropic"))  # @litellm-anthropic
    litellm.batch_completion(model="openai/gpt-4o", messages=[say("litellm-batch")] * 2)  # @litellm-batch


async def async_langchain():
    await model.ainvoke("case=langchain-ainvoke")  # @langchain-ainvoke
    async for _ in model.astream("case=langchain-astream"):  # @langchain-astream
        pass
    await model.abatch(["case=langchain-abatch"] * 2)  # @langchain-abatch
    await chain.ainvoke({"text": "case=langchain-chain-ainvoke"})  # @langchain-chain-ainvoke
    async for _ in chain.astream({"text": "case=langchain-chain-astream"}):  # @langchain-chain-astream
        pass


async def async_litellm():
    await litellm.acompletion(model="openai/gpt-4o", messages=say("litellm-async"))  # @litellm-async
    calls = [litellm.acompletion(model="openai/gpt-4o", messages=say("litellm-gather")) for _ in range(2)]
    await asyncio.gather(*calls)  # @litellm-gather


async def main():
    await run_async(async_langchain)
    await run_async(async_litellm)


run(case_langchain)
run(case_litellm)
asyncio.run(main())
sys.exit(1 if failed else 0)
