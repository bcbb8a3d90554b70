import type { Output } from './context.ts'

/** Every control character but tab and line end. */
const CONTROL = /[^\P{Cc}\n\t]/gu

/** Writes an answer as it comes. On a terminal without control characters: a model must not steer it. */
export function answerWriter(stdout: Output): (text: string) => void {
  return (text) => void stdout.write(stdout.isTTY === true ? text.replace(CONTROL, '') : text)
}
