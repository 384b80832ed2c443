# SDKs that a base URL sends to the proxy itself. Marks as in cases.py.
import asyncio
import os

from anthropic import Anthropic
from cases import chat, claude
from openai import AsyncOpenAI, OpenAI

assert "/_rewind/" in os.environ["OPENAI_BASE_URL"]


async def ask():
    await AsyncOpenAI().chat.completions.create(**chat("base-url-async"))  # @base-url-async


OpenAI().chat.completions.create(**chat("base-url"))  # @base-url
asyncio.run(ask())
Anthropic().messages.create(**claude("base-url-anthropic"))  # @base-url-anthropic
