import { describe, expect, test } from 'vitest'
import { encode, messagesOf, OPENAI, PLAIN } from '../../../test/support/dialects/openai-chat-base.ts'
import {
  answered,
  call,
  HI,
  paths,
  refused,
  result,
  said,
  text,
  tool,
} from '../../../test/support/dialects/openai-chat-pieces.ts'
import type { ChatRequest } from '../../ir/request.ts'

describe('reasoning', () => {
  const effortOf = (reasoning: ChatRequest['reasoning'], model = OPENAI) => {
    const { body, dropped } = encode({ source: 'gemini', ...(reasoning && { reasoning }) }, model)
    return [body.reasoning_effort, dropped.length]
  }

  test('TOP-21 RSN-01 RSN-06 RSN-08 an effort as it is, nothing where nothing was said', () => {
    expect(effortOf({ effort: 'xhigh' })).toEqual(['xhigh', 0])
    expect(effortOf({ mode: 'adaptive' })).toEqual([undefined, 0])
    expect(effortOf(undefined)).toEqual([undefined, 0])
  })

  test('RSN-03 RSN-05 modes and budgets become efforts', () => {
    expect(effortOf({ mode: 'disabled' })).toEqual(['none', 0])
    expect(effortOf({ mode: 'budget', budgetTokens: 9000 })).toEqual(['medium', 1])
    expect(effortOf({ mode: 'between-tools' })).toEqual(['low', 1])
  })

  test('RSN-07 an effort without thinking is about all tokens', () => {
    expect(paths(encode({ reasoning: { effort: 'low' } }).dropped)).toEqual([
      ['output_config.effort', 'approximated'],
    ])
  })

  test('RSN-12 Chat cannot be asked to show reasoning', () => {
    expect(effortOf({ effort: 'low', summary: 'auto' })).toEqual(['low', 1])
    expect(effortOf({ effort: 'low', summary: 'none' })).toEqual(['low', 0])
  })

  test('RSN-01 the nearest effort that the model knows', () => {
    const least = {
      ...OPENAI,
      thinking: { style: 'effort', least: 'lowest', efforts: ['low', 'high'] },
    } as const
    expect(effortOf({ effort: 'max' }, least)).toEqual(['high', 1])
    expect(effortOf({ effort: 'none' }, least)).toEqual(['low', 1])
    const never = { ...PLAIN, thinking: { style: 'none', least: 'disabled', efforts: [] } } as const
    expect(effortOf({ effort: 'high' }, never)).toEqual([undefined, 1])
    expect(effortOf({ effort: 'none' }, never)).toEqual([undefined, 0])
  })

  test('models that take tools in Chat only while they do not reason', () => {
    const model = { ...OPENAI, chatToolsWithReasoning: false }
    expect(encode({ tools: [tool('one')] }, model).body).toMatchObject({ reasoning_effort: 'none' })
    const always = { ...model, thinking: { ...model.thinking, efforts: ['low'] } } as const
    expect(() => encode({ tools: [tool('one')] }, always)).toThrow(refused('tools'))
  })

  const own = (payload: string) => ({ origin: 'openai-chat', kind: 'signature', payload }) as const

  test('RSN-21 a server gets back the reasoning that it showed, in the field where it showed it', () => {
    const details = [{ type: 'reasoning.text', text: 'why', signature: 's', index: 0 }]
    const parts = [
      { type: 'reasoning', text: 'why', carrier: own('reasoning_content') },
      { type: 'reasoning', text: 'w', carrier: own(JSON.stringify(details)) },
      call('c'),
    ] as const
    const [message] = messagesOf(encode({ messages: [answered(...parts)], source: 'gemini' }, PLAIN))
    expect(message).toMatchObject({ reasoning_content: 'why', reasoning_details: details })
  })

  test('RSN-22 RSN-23 RSN-33 reasoning of another origin stays behind, and so does all of it before OpenAI itself', () => {
    const foreign = { origin: 'anthropic-messages', kind: 'signature', payload: 's' } as const
    const parts = [
      { type: 'reasoning', text: 'a', carrier: foreign },
      { type: 'reasoning', text: 'b', carrier: own('') },
      { type: 'reasoning', text: 'c' },
      text('Hm.'),
    ] as const
    const messages = [answered(...parts), HI, answered(...parts), HI]
    const plain = encode({ messages }, PLAIN)
    expect(messagesOf(plain)[0]).toEqual({ role: 'assistant', content: 'Hm.' })
    expect(paths(plain.dropped)).toEqual([['messages[0].content[0]', 'approximated']])
    const reasoning = { type: 'reasoning', text: 'a', carrier: own('reasoning_content') } as const
    expect(messagesOf(encode({ messages: [answered(reasoning, text('Hm.')), HI] }))[0]).toEqual({
      role: 'assistant',
      content: 'Hm.',
    })
  })

  test("RSN-21 RSN-22 signatures of calls go back to Google's Chat endpoint alone", () => {
    const signed = {
      ...call('c'),
      carrier: { origin: 'openai-chat', kind: 'thought-signature', payload: 's' },
    } as const
    expect(messagesOf(encode({ messages: [answered(signed)] }, PLAIN))[0]).toMatchObject({
      tool_calls: [{ id: 'c', extra_content: { google: { thought_signature: 's' } } }],
    })
    const foreign = {
      ...call('c'),
      carrier: { origin: 'gemini', kind: 'thought-signature', payload: 's' },
    } as const
    const { body, dropped } = encode({ messages: [answered(foreign), said(result('c'))] }, PLAIN)
    expect(JSON.stringify(body)).not.toContain('extra_content')
    expect(paths(dropped)).toEqual([['messages[0].content[0]', 'approximated']])
  })

  test('RSN-26 a message that held nothing but foreign reasoning goes', () => {
    expect(
      messagesOf(encode({ messages: [HI, answered({ type: 'reasoning', text: 'a' }), HI] })),
    ).toHaveLength(2)
  })
})
