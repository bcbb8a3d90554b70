import { expect, test } from 'vitest'
import { createFold } from './fold.ts'

function folded(...deltas: object[]): unknown {
  const fold = createFold()
  for (const choice of deltas) fold.add({ id: 'c', choices: [{ index: 0, ...choice }] })
  return fold.whole()
}

test('keeps what it does not know, and drops the padding', () => {
  const fold = createFold()
  fold.add({ id: 'c', obfuscation: 'xx', x_new: 1, choices: [{ index: 0, delta: { x: 'a' } }] })
  fold.add({ id: 'c', obfuscation: 'yyy', choices: [{ index: 0, delta: { x: 'b' }, finish_reason: 'stop' }] })
  const message = { role: 'assistant', content: null, x: 'ab' }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  expect(fold.whole()).toEqual({ id: 'c', x_new: 1, object: 'chat.completion', choices })
})

test('joins log probabilities and the arguments of legacy calls', () => {
  const whole = folded(
    { delta: { function_call: { name: 'f', arguments: '{"a"' } }, logprobs: { content: [{ token: 'x' }] } },
    {
      delta: { function_call: { arguments: ':1}' } },
      logprobs: { content: [{ token: 'y' }], refusal: null },
    },
  )
  expect(whole).toMatchObject({
    choices: [
      {
        message: { function_call: { name: 'f', arguments: '{"a":1}' } },
        logprobs: { content: [{ token: 'x' }, { token: 'y' }] },
      },
    ],
  })
})

test('takes a role, an id and a name once, though they come with every chunk', () => {
  const call = { index: 0, id: 'call_1', function: { name: 'f', arguments: 'x' } }
  const whole = folded(
    { delta: { role: 'assistant', tool_calls: [call] } },
    { delta: { role: 'assistant', tool_calls: [call] } },
  )
  const tool_calls = [{ id: 'call_1', function: { name: 'f', arguments: 'xx' } }]
  expect(whole).toMatchObject({ choices: [{ message: { role: 'assistant', tool_calls } }] })
})
