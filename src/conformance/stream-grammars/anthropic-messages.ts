import type { JsonObject } from '../../core/json.ts'
import {
  type Expectation,
  type Findings,
  objectIn,
  objectsIn,
  type ReadEvent,
  readNamed,
} from './findings.ts'

/** Deltas that each type of block takes; the SDK drops all others without a word. */
const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  mcp_tool_use: ['input_json_delta'],
}

interface State {
  phase: 'before' | 'content' | 'delta' | 'stopped' | 'failed'
  blocks: number
  open: { readonly type: string; readonly index: number; hasSignature: boolean } | undefined
}

/** @see https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function checkAnthropicMessages(
  events: readonly ReadEvent[],
  expected: Expectation,
  findings: Findings,
): void {
  const state: State = { phase: 'before', blocks: 0, open: undefined }
  const data = readNamed(events, findings)
  data.forEach((event, position) => {
    findings.at(position)
    step(state, event, findings)
  })
  findings.at(events.length)
  if (expected.usage === 'wanted' && expected.ending !== 'error') checkUsage(data, findings)
  const end = expected.ending === 'error' ? 'failed' : 'stopped'
  findings.expect(state.phase === end, `the stream ends in the state "${state.phase}"`)
}

/** Counts are there at the beginning, and cumulated at the end. */
function checkUsage(data: readonly JsonObject[], findings: Findings): void {
  const head = data.find(({ type }) => type === 'message_start') ?? {}
  const last = data.findLast(({ type }) => type === 'message_delta') ?? {}
  findings.expect('usage' in objectIn(head, 'message'), 'the message starts without usage')
  findings.expect(
    typeof objectIn(last, 'usage').output_tokens === 'number',
    'the message ends without output_tokens',
  )
}

function step(state: State, event: JsonObject, findings: Findings): void {
  const isOver = state.phase === 'stopped' || state.phase === 'failed'
  findings.expect(!isOver, `${String(event.type)} follows the end`)
  switch (event.type) {
    case 'ping':
      return
    case 'error':
      state.phase = 'failed'
      return
    case 'message_start':
      findings.expect(state.phase === 'before', 'the message starts again')
      checkHead(objectIn(event, 'message'), findings)
      state.phase = 'content'
      return
    case 'message_delta':
      findings.expect(state.phase === 'content' || state.phase === 'delta', 'message_delta comes out of turn')
      findings.expect(state.open === undefined, 'a block is open at message_delta')
      findings.expect(typeof objectIn(event, 'delta').stop_reason === 'string', 'there is no stop_reason')
      state.phase = 'delta'
      return
    case 'message_stop':
      findings.expect(state.phase === 'delta', 'message_stop comes without message_delta')
      state.phase = 'stopped'
      return
    default:
      findings.expect(state.phase === 'content', `${String(event.type)} comes out of turn`)
      stepBlock(state, event, findings)
  }
}

function checkHead(message: JsonObject, findings: Findings): void {
  findings.expect(
    Array.isArray(message.content) && message.content.length === 0,
    'the message starts with content',
  )
  findings.expect(message.stop_reason === null, 'the message starts with a stop_reason')
}

function stepBlock(state: State, event: JsonObject, findings: Findings): void {
  const { open } = state
  if (event.type === 'content_block_start') {
    findings.expect(open === undefined, 'a block starts while another is open')
    findings.expect(event.index === state.blocks, `block ${String(event.index)} is not the next`)
    state.open = startBlock(event, findings)
    state.blocks++
    return
  }
  findings.expect(
    open !== undefined && open.index === event.index,
    `block ${String(event.index)} is not open`,
  )
  if (event.type === 'content_block_delta') {
    if (open !== undefined) checkDelta(open, objectIn(event, 'delta'), findings)
    return
  }
  findings.expect(event.type === 'content_block_stop', `${String(event.type)} is unknown`)
  if (open?.type === 'thinking') findings.expect(open.hasSignature, 'the thinking ends without its signature')
  state.open = undefined
}

function startBlock(event: JsonObject, findings: Findings): NonNullable<State['open']> {
  const block = objectIn(event, 'content_block')
  const isEmpty =
    (block.type !== 'text' || block.text === '') &&
    (block.type !== 'thinking' || (block.thinking === '' && (block.signature ?? '') === '')) &&
    (block.type !== 'tool_use' || Object.keys(objectIn(block, 'input')).length === 0)
  findings.expect(isEmpty, 'the block starts with content')
  findings.expect(objectsIn(block, 'citations').length === 0, 'the block starts with citations')
  return { type: String(block.type), index: Number(event.index), hasSignature: false }
}

function checkDelta(open: NonNullable<State['open']>, delta: JsonObject, findings: Findings): void {
  const fitting = DELTAS[open.type] ?? []
  findings.expect(fitting.includes(String(delta.type)), `${String(delta.type)} does not fit ${open.type}`)
  findings.expect(!open.hasSignature, 'the signature is not the last of its block')
  if (delta.type === 'signature_delta') open.hasSignature = true
}
