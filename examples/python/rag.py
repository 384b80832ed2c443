"""Answers from a few markdown files (RAG). `python rag.py [question]`; needs OPENAI_API_KEY."""

import math
import sys
from pathlib import Path

from openai import OpenAI

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
QUESTION = "How long does a refund take?"


def embed(client: OpenAI, texts: list) -> list:
    answer = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [item.embedding for item in answer.data]


def cosine(a: list, b: list) -> float:
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b))


def main() -> None:
    question = " ".join(sys.argv[1:]) or QUESTION
    client = OpenAI()
    files = sorted(KNOWLEDGE.glob("*.md"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    *documents, asked = embed(client, [*texts, question])
    best = max(range(len(files)), key=lambda index: cosine(documents[index], asked))
    print(f"Source: {files[best].name}")
    stream = client.chat.completions.create(
        model="gpt-4.1-mini",
        stream=True,
        messages=[
            {"role": "system", "content": f"Answer from this text only:\n\n{texts[best]}"},
            {"role": "user", "content": question},
        ],
    )
    for chunk in stream:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
