import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: process.env.LLM_GATEWAY_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.LLM_GATEWAY_KEY ?? 'vk_demo',
})

const stream = client.messages.stream({
  model: 'simulated',
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Say hello to a newcomer.' }],
})
stream.on('text', (text) => process.stdout.write(text))
const message = await stream.finalMessage()
process.stdout.write(`\n${message.usage.output_tokens} tokens\n`)
