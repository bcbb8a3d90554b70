import type { Database } from 'better-sqlite3'
import { codeOf } from './failure.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { toStoreError } from './sqlite-dialect.ts'
import type { OnError } from './store.ts'

export interface Watcher extends Pick<Listeners, 'add'> {
  readonly close: () => void
}

export interface SqliteWatchOptions {
  readonly open: () => Database
  readonly onError: OnError
}

const POLL_MS = 150

/**
 * Looks several times a second whether any connection committed something, which SQLite answers from memory, and only
 * then at the revision. On a connection of its own: it sees what is committed, also by this process, and nothing else.
 * @see https://www.sqlite.org/pragma.html#pragma_data_version
 */
export function watchSqlite({ open, onError }: SqliteWatchOptions): Watcher {
  let close: () => void = () => {}
  const listeners = createListeners(() => {
    const poll = createPoll(open)
    let hasFailed = false
    const look = () => {
      try {
        const hasChanged = poll.look()
        hasFailed = false
        if (hasChanged) listeners.notify()
      } catch (error) {
        // once, not several times a second; and a lock is gone by the next look
        if (!hasFailed && codeOf(error) !== 'SQLITE_BUSY') onError(toStoreError(error))
        hasFailed = true
      }
    }
    const timer = setInterval(look, POLL_MS).unref()
    close = () => {
      clearInterval(timer)
      poll.close()
    }
    return () => close()
  }, onError)
  return { add: listeners.add, close: () => close() }
}

/** `look` is true where the revision is another than at the last look, and at the first one. */
function createPoll(open: () => Database): { look: () => boolean; close: () => void } {
  let database: Database | undefined
  let dataVersion: unknown
  let revision: unknown
  return {
    look: () => {
      database ??= open()
      const seen = database.pragma('data_version', { simple: true })
      if (seen === dataVersion) return false
      const row = database.prepare<[], { value: number }>('select value from revision where id = 1').get()
      dataVersion = seen
      if (row?.value === revision) return false
      revision = row?.value
      return true
    },
    close: () => database?.close(),
  }
}
