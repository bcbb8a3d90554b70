"""Asks one question with nothing but the standard library."""

import json
import os
import urllib.request

url = os.environ.get("LLM_GATEWAY_URL", "http://127.0.0.1:8080")
key = os.environ.get("LLM_GATEWAY_KEY", "vk_demo")
request = urllib.request.Request(
    f"{url}/v1/chat/completions",
    data=json.dumps(
        {"model": "simulated", "messages": [{"role": "user", "content": "Say hello."}]}
    ).encode(),
    headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response)["choices"][0]["message"]["content"])
