import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({
  apiKey: process.env.LLM_GATEWAY_KEY ?? 'vk_demo',
  httpOptions: { baseUrl: process.env.LLM_GATEWAY_URL ?? 'http://127.0.0.1:8080' },
})

const stream = await client.models.generateContentStream({
  model: 'simulated',
  contents: 'Say hello to a newcomer.',
})
for await (const chunk of stream) process.stdout.write(chunk.text ?? '')
process.stdout.write('\n')
