import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: `${process.env.LLM_GATEWAY_URL ?? 'http://127.0.0.1:8080'}/v1`,
  apiKey: process.env.LLM_GATEWAY_KEY ?? 'vk_demo',
})

const stream = await client.chat.completions.create({
  model: 'simulated',
  messages: [{ role: 'user', content: 'Say hello to a newcomer.' }],
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
process.stdout.write('\n')
