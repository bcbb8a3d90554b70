import { describe, expect, test } from 'vitest'
import type { Json } from '../../test/support/client.ts'
import type { DialectId } from '../core/dialect-id.ts'
import { wrapCarrier } from '../dialects/carrier.ts'
import { DIALECTS } from '../dialects/index.ts'
import type { ChatRequest } from '../ir/request.ts'
import type { ChatResponse } from '../ir/response.ts'
import { unfoldResponse } from '../ir/unfold.ts'
import { removeForeignProofs } from './remove-foreign-proofs.ts'

const REQUEST: ChatRequest = {
  source: 'openai-responses',
  model: 'm',
  isStreaming: false,
  messages: [],
  tools: [],
  stopSequences: [],
  sampling: {},
  wantsStreamUsage: false,
  extras: [],
}

const SEALED = { origin: 'bedrock-converse', kind: 'signature', payload: 'secret' } as const

function clean(dialect: DialectId, body: string) {
  const { history } = DIALECTS[dialect]
  if (history === undefined) throw new Error('no history')
  const { body: kept, dropped } = removeForeignProofs(Buffer.from(body), history)
  return { kept: kept.toString(), paths: dropped.map(({ path, isHarmless }) => [path, isHarmless]) }
}

const wrapped = (slot: DialectId) => wrapCarrier(SEALED, slot)

describe('RSN-22 RSN-33 a conversation comes back from another format', () => {
  test('a message of Anthropic’s keeps everything but the thinking, byte for byte around the messages', () => {
    const thinking = `{"type":"thinking","thinking":"…","signature":"${wrapped('anthropic-messages')}"}`
    const redacted = `{"type":"redacted_thinking","data":"${wrapped('anthropic-messages')}"}`
    const call = '{"type":"tool_use","id":"t","name":"f","input":{"x":1.0,"y":12345678901234567890}}'
    const said = (...blocks: string[]) => `{"role":"assistant","content":[${blocks.join(',')}]}`
    const around = (messages: string) => `{ "max_tokens":1e3, "messages":[${messages}] ,"z":1.0 }`
    const user = '{"role":"user","content":"hi"}'
    const own = said('{"type":"thinking","thinking":"","signature":"EqQB"}')
    const before = [user, said(thinking, call), own, said(redacted)].join(',')
    expect(clean('anthropic-messages', around(before))).toEqual({
      kept: around([user, said(call), own].join(',')),
      paths: [
        ['messages[1]', true],
        ['messages[3]', true],
      ],
    })
  })

  test('a reasoning item goes, and nothing else', () => {
    const item = `{"type":"reasoning","summary":[],"encrypted_content":"${wrapped('openai-responses')}"}`
    const own = '{"type":"reasoning","summary":[],"encrypted_content":"gAAAA"}'
    const call = '{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}'
    expect(clean('openai-responses', `{"input":[${item},${own},${call}]}`)).toEqual({
      kept: `{"input":[${own},${call}]}`,
      paths: [['input[0]', true]],
    })
  })

  test('fields that Chat does not have go, where they hold what we put there', () => {
    const entry = `{"type":"reasoning.text","text":"…","signature":"${wrapped('openai-chat')}"}`
    const message = (fields: string) => `{"messages":[{"role":"assistant","content":"a"${fields}}]}`
    const foreign = message(`,"reasoning_content":"…","reasoning_details":[${entry}]`)
    expect(clean('openai-chat', foreign).kept).toBe(message(''))
    const own = message(`,"reasoning_content":"${wrapped('openai-chat')}"`)
    expect(clean('openai-chat', own)).toEqual({ kept: own, paths: [] })
  })

  test('neither does the place where Chat has Gemini’s signature of a call', () => {
    const call = '{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}'
    const signed = `${call},"extra_content":{"google":{"thought_signature":"AAAA"}}}`
    const message = (details: string, calls: string) =>
      `{"messages":[{"role":"assistant","content":null${details},"tool_calls":[${calls}]}]}`
    const entry = `{"type":"reasoning.encrypted","data":"${wrapped('openai-chat')}","id":"c"}`
    expect(clean('openai-chat', message(`,"reasoning_details":[${entry}]`, signed)).kept).toBe(
      message('', `${call}}`),
    )
    // Google's own Chat endpoint has it there
    expect(clean('openai-chat', message('', signed)).kept).toBe(message('', signed))
  })

  test('what a provider wants in every answer stands where something was taken out', () => {
    const { history } = DIALECTS['openai-chat']
    if (history === undefined) throw new Error('no history')
    const entry = { type: 'reasoning.text', text: '…', signature: wrapped('openai-chat') }
    const foreign = { role: 'assistant', content: 'a', reasoning_content: '…', reasoning_details: [entry] }
    const own = { role: 'assistant', content: 'b', reasoning_content: 'own' }
    const body = Buffer.from(JSON.stringify({ messages: [foreign, own] }))
    const { body: kept } = removeForeignProofs(body, history, { reasoning_content: ' ' })
    expect(JSON.parse(kept.toString())).toEqual({
      messages: [{ role: 'assistant', content: 'a', reasoning_content: ' ' }, own],
    })
  })

  test('CIT-01 citations that Anthropic did not make go', () => {
    const cite = (index: string) =>
      `{"type":"web_search_result_location","url":"u","encrypted_index":"${index}"}`
    const said = (...blocks: string[]) =>
      `{"messages":[{"role":"assistant","content":[${blocks.join(',')}]}]}`
    const foreign = cite(wrapped('anthropic-messages'))
    const text = '{"type":"text","text":"a"'
    expect(
      clean(
        'anthropic-messages',
        said(`${text},"citations":[${foreign}]}`, `${text},"citations":[${foreign},${cite('e')}]}`),
      ).kept,
    ).toBe(said(`${text}}`, `${text},"citations":[${cite('e')}]}`))
  })

  test('a call for Gemini gets the sentinel, other parts lose their signature, thoughts go', () => {
    const signature = `"thoughtSignature":"${wrapped('gemini')}"`
    const parts = [
      `{"text":"…","thought":true,${signature}}`,
      `{"text":"a",${signature}}`,
      `{"functionCall":{"name":"f"},"thought_signature":"${wrapped('gemini')}"}`,
      '{"functionCall":{"name":"g"},"thoughtSignature":"AAAA"}',
      `{"text":"",${signature}}`,
    ]
    const around = (...list: string[]) => `{"contents":[{"role":"model","parts":[${list.join(',')}]}]}`
    expect(clean('gemini', around(...parts)).kept).toBe(
      around(
        '{"text":"a"}',
        '{"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}',
        '{"functionCall":{"name":"g"},"thoughtSignature":"AAAA"}',
      ),
    )
  })

  test('words that look like a proof are only words', () => {
    const body = `{"messages":[{"role":"user","content":"${wrapped('openai-chat')}"}]}`
    expect(clean('anthropic-messages', body)).toEqual({ kept: body, paths: [] })
  })
})

describe('RSN-22 RSN-26 RSN-33 thoughts that nothing proves do not pass for those of the client’s own provider', () => {
  const parts = [
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'Hi' },
    { type: 'tool-call', callId: 'c', name: 'f', input: '{}', kind: 'function' },
  ] as const
  const response: ChatResponse = { model: 'm', parts, finish: { unified: 'tool-calls' }, dropped: [] }
  const entriesOf = {
    'openai-chat': ({ choices }: Json) => [choices[0].message],
    'openai-responses': ({ output }: Json) => output,
    'anthropic-messages': ({ role, content }: Json) => [{ role, content }],
  }

  function withoutThoughts(id: keyof typeof entriesOf, answer: Json): string {
    const { history } = DIALECTS[id]
    if (history === undefined) throw new Error('no history')
    const body = JSON.stringify({ [history.member]: entriesOf[id](answer) })
    expect(body).toContain('hm')
    return removeForeignProofs(Buffer.from(body), history).body.toString()
  }

  test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)('%s', (id) => {
    const { client } = DIALECTS[id]
    const context = { request: { ...REQUEST, source: id }, requestId: 'a1', nowSeconds: 1 }
    const kept = withoutThoughts(id, client.encodeResponse(response, context))
    expect(kept).toContain('Hi')
    expect(kept).not.toMatch(/hm|reasoning|thinking/)
  })

  test('openai-responses, streamed', () => {
    const context = { request: REQUEST, requestId: 'a1', nowSeconds: 1 }
    const events = unfoldResponse(response).flatMap(
      DIALECTS['openai-responses'].client.createStreamEncoder(context),
    )
    const ended: Json = JSON.parse(events.at(-1)?.data ?? '')
    expect(withoutThoughts('openai-responses', ended.response)).not.toMatch(/hm|reasoning/)
  })
})
