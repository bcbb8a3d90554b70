"""Streams an answer with the official OpenAI SDK: pip install openai"""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("LLM_GATEWAY_URL", "http://127.0.0.1:8080") + "/v1",
    api_key=os.environ.get("LLM_GATEWAY_KEY", "vk_demo"),
)
stream = client.chat.completions.create(
    model="simulated",
    messages=[{"role": "user", "content": "Say hello to a newcomer."}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
