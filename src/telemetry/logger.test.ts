import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { createLogger, type LoggerOptions } from './logger.ts'
import { createRedactor } from './redact.ts'

function capture(options: Partial<LoggerOptions> = {}) {
  const written: string[] = []
  const destination = { write: (line: string) => void written.push(line) }
  const logger = createLogger({ level: 'info', format: 'json', ...options, destination })
  return { logger, written, last: (): unknown => JSON.parse(written.at(-1) ?? 'null') }
}

test('a line is JSON with level, time, fields and message', () => {
  const { logger, last } = capture()
  logger.info({ port: 8080 }, 'listening')
  expect(last()).toEqual({ level: 'info', time: expect.stringMatching(/Z$/), port: 8080, msg: 'listening' })
})

test('lines below the level are not written', () => {
  const { logger, written } = capture({ level: 'warn' })
  logger.info('quiet')
  logger.warn('loud')
  expect(written).toHaveLength(1)
})

test('values under secret names are replaced, in depth and in child loggers', () => {
  const { logger, last } = capture()
  const child = logger.child({ apiKey: 'abc', virtual_key: 'vk_demo' })
  child.info({ headers: { Authorization: 'abc', accept: 'x' }, list: [{ token: 'abc' }], tokens: 5 }, 'sent')
  expect(last()).toMatchObject({
    apiKey: '[redacted]',
    virtual_key: 'vk_demo',
    headers: { Authorization: '[redacted]', accept: 'x' },
    list: [{ token: '[redacted]' }],
    tokens: 5,
  })
})

test('known secrets and what looks like a key are replaced in messages and errors', () => {
  const { logger, written } = capture({ redact: createRedactor(['hunter2hunter2']) })
  logger.error({ err: new Error('refused hunter2hunter2') }, 'with sk-ant-api03-abcdefghijklmnopqrst')
  expect(written.join('')).not.toMatch(/hunter2|api03/)
  expect(written.join('')).toContain('refused [redacted]')
})

test('an error is shown with its code and its causes, and nothing of what else it carries', () => {
  const { logger, last, written } = capture()
  const reset = Object.assign(new Error('socket hang up'), {
    code: 'ECONNRESET',
    request: { body: 'prompt' },
  })
  const failure = new GatewayError('upstream_unreachable', 'No answer.', { cause: reset })
  logger.error({ err: failure, upstream: 'main' }, 'attempt failed')
  expect(last()).toMatchObject({
    err: {
      type: 'GatewayError',
      code: 'upstream_unreachable',
      message: 'No answer.',
      stack: expect.stringContaining('logger.test'),
      cause: { type: 'Error', code: 'ECONNRESET', message: 'socket hang up' },
    },
  })
  expect(written.join('')).not.toContain('prompt')
})

test('an error alone, an error under another name and a cycle of causes are logged too', () => {
  const { logger, last } = capture()
  const cyclic = new Error('round')
  cyclic.cause = cyclic
  logger.error(cyclic)
  expect(last()).toMatchObject({ msg: 'round', err: { message: 'round', cause: { message: 'round' } } })
  logger.warn({ attempts: [{ error: new AggregateError([new Error('a')], 'both') }] }, 'x')
  expect(last()).toMatchObject({ attempts: [{ error: { message: 'both', errors: [{ message: 'a' }] } }] })
})

test('pretty lines are for reading', () => {
  const { logger, written } = capture({ format: 'pretty' })
  const failure = new Error('No answer.', {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  })
  logger.warn({ upstream: 'main', err: failure }, 'attempt failed')
  const [head, ...rest] = written.join('').trimEnd().split('\n')
  expect(head).toMatch(/^\d\d:\d\d:\d\d WARN {2}attempt failed upstream=main$/)
  expect(rest[0]).toBe('  Error: No answer.')
  expect(rest.at(-1)).toBe('  caused by Error [ECONNRESET]: reset')
})

test('a pretty message cannot forge a second line', () => {
  const { logger, written } = capture({ format: 'pretty' })
  logger.info({ model: 'x\n12:00:00 INFO  forged' }, 'asked\nfor \u001b[31mred')
  expect(written.join('').trimEnd().split('\n')).toHaveLength(1)
  expect(written.join('')).not.toContain('\u001b')
})
