import { describe, expect, test } from 'vitest'
import type { DialectId } from '../core/dialect-id.ts'
import { wrapCarrier } from '../dialects/carrier.ts'
import { DIALECTS } from '../dialects/index.ts'
import { removeForeignProofs } from './remove-foreign-proofs.ts'

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
