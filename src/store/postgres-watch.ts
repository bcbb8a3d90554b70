import pg from 'pg'
import type { Db } from './database.ts'
import { createListeners } from './listeners.ts'
import { toStoreError } from './postgres-failure.ts'
import { readRevision } from './revision.ts'
import type { Watcher } from './sqlite-watch.ts'
import type { OnError } from './store.ts'

export interface PostgresWatchOptions {
  readonly config: pg.ClientConfig
  readonly db: Db
  readonly onError: OnError
}

/** Where a notification is sent when the revision grows; see the migrations. */
const CHANNEL = 'llm_gateway_revision'
/** Finds what was not announced: while no connection listened, or behind a pooler that does not pass notifications on. */
const POLL_MS = 3000
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5000

/** Listens on a connection of its own, which is made again whenever it breaks. */
export function watchPostgres({ config, db, onError }: PostgresWatchOptions): Watcher {
  let close: () => void = () => {}
  const listeners = createListeners(() => {
    let revision: number | undefined
    const look = async () => {
      const seen = await readRevision(db)
      if (seen === revision) return
      revision = seen
      listeners.notify()
    }
    const lookSafely = () => void look().catch(onError)
    const timer = setInterval(lookSafely, POLL_MS).unref()
    const ear = keepListening({ config, onHeard: lookSafely, onError })
    close = () => {
      clearInterval(timer)
      ear.close()
    }
    return () => close()
  }, onError)
  return { add: listeners.add, close: () => close() }
}

interface EarOptions {
  readonly config: pg.ClientConfig
  /** Called for each notification, and whenever listening begins: what happened before was not heard. */
  readonly onHeard: () => void
  readonly onError: OnError
}

function keepListening({ config, onHeard, onError }: EarOptions): { close: () => void } {
  let isClosed = false
  let retryMs = FIRST_RETRY_MS
  let timer: NodeJS.Timeout | undefined
  let client: pg.Client | undefined

  const connect = () => {
    const current = new pg.Client(config)
    client = current
    let hasFailed = false
    const fail = (error: unknown) => {
      if (hasFailed || isClosed) return
      hasFailed = true
      onError(toStoreError(error))
      void current.end().catch(() => {})
      timer = setTimeout(connect, retryMs).unref()
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
    }
    current.on('error', fail)
    current.on('end', () => fail(new Error('The connection that listens for changes has ended.')))
    current.on('notification', onHeard)
    listen(current).then(() => {
      if (isClosed) return
      retryMs = FIRST_RETRY_MS
      onHeard()
    }, fail)
  }
  connect()
  return {
    close: () => {
      isClosed = true
      clearTimeout(timer)
      void client?.end().catch(() => {})
    },
  }
}

async function listen(client: pg.Client): Promise<void> {
  await client.connect()
  await client.query(`listen ${CHANNEL}`)
}
