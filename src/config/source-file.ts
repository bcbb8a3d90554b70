import { readFile, stat } from 'node:fs/promises'
import type { ConfigProblem } from './problem.ts'
import { formatPath } from './problem.ts'

export interface Position {
  readonly line: number
  readonly column: number
}

/** A parsed file that remembers where everything in it stands. */
export interface SourceFile {
  readonly file: string
  readonly value: unknown
  /** Where this path stands, or its nearest parent that exists. */
  positionOf(path: readonly PropertyKey[]): Position | undefined
  /** A path as it may be printed: as it stands in the file, masked where its names are secrets. */
  readonly printPath?: (path: readonly PropertyKey[]) => readonly PropertyKey[]
}

/** What reading a file gave: at least one of the two. */
export interface ReadResult {
  readonly source?: SourceFile
  readonly problems: readonly ConfigProblem[]
}

/** A problem at a path of a file. */
export function problemAt(
  source: SourceFile,
  path: readonly PropertyKey[],
  message: string,
  suggestion?: string,
): ConfigProblem {
  return {
    file: source.file,
    ...source.positionOf(path),
    path: formatPath(source.printPath?.(path) ?? path),
    message,
    ...(suggestion !== undefined && { suggestion }),
  }
}

/** The text of a file without byte order mark, or undefined if there is no such file. Other failures are problems. */
export async function readText(file: string): Promise<{ text?: string; problems: readonly ConfigProblem[] }> {
  try {
    return { text: (await readFile(file, 'utf8')).replace(/^\uFEFF/, ''), problems: [] }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problems: [] }
    // what a container runtime makes of a mounted file that does not exist
    const message = code === 'EISDIR' ? 'is a folder, not a file' : `cannot be read (${code})`
    return { problems: [{ file, path: '', message }] }
  }
}

/** Whether others than its owner may read a file. Never so on Windows, whose modes say nothing. */
export async function isReadableByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const found = await stat(file).catch(() => undefined) // gone since it was read: nothing to warn of
  return found !== undefined && (found.mode & 0o044) !== 0
}

/** Line and column of an offset into a text. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
