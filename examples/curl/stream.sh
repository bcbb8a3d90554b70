#!/bin/sh
# Streams an answer in three formats.
url="${LLM_GATEWAY_URL:-http://127.0.0.1:8080}"
key="${LLM_GATEWAY_KEY:-vk_demo}"

curl -sN "$url/v1/chat/completions" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
  -d '{"model":"simulated","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

curl -sN "$url/v1/messages" -H "x-api-key: $key" -H 'Content-Type: application/json' \
  -d '{"model":"simulated","max_tokens":200,"stream":true,"messages":[{"role":"user","content":"Hello"}]}'

curl -sN "$url/v1beta/models/simulated:streamGenerateContent?alt=sse" -H "x-goog-api-key: $key" -H 'Content-Type: application/json' \
  -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'
