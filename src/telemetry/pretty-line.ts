const LEVEL_NAMES: Readonly<Record<string, string>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO ',
  warn: 'WARN ',
  error: 'ERROR',
  fatal: 'FATAL',
}

/** A log line's fields for a person at a terminal: `12:30:01 WARN  message field=value`, an error and its causes below. */
export function prettyLine(fields: Record<string, unknown>): string {
  const { level, time, msg, err, ...rest } = fields
  const details = Object.entries(rest).map(([name, value]) => ` ${name}=${show(value)}`)
  const head = `${show(time).slice(11, 19)} ${LEVEL_NAMES[show(level)] ?? show(level)} ${show(msg ?? '')}`
  return `${head}${details.join('')}${err === undefined ? '' : showError(err, '\n  ')}\n`
}

/** On one line and without control characters: text from outside must not forge lines or drive the terminal. */
function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replace(/\p{Cc}/gu, (control) => {
    return control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function showError(error: unknown, lead: string): string {
  if (typeof error !== 'object' || error === null) return `${lead}${show(error)}`
  const { type, code, message, stack, cause } = error as Record<string, unknown>
  const heading = `${show(type ?? 'Error')}${code === undefined ? '' : ` [${show(code)}]`}: ${show(message ?? '')}`
  const frames =
    typeof stack === 'string' ? stack.split('\n').filter((line) => line.startsWith('    at ')) : []
  const trace = frames.map((frame) => `\n${show(frame)}`).join('')
  return `${lead}${heading}${trace}${cause === undefined ? '' : showError(cause, '\n  caused by ')}`
}
