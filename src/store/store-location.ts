import { join } from 'node:path'
import { GatewayError } from '../core/errors.ts'
import type { StoreOptions } from './open-store.ts'

export interface LocationInput {
  /** `database.url` or `DATABASE_URL`, if there is one. */
  readonly databaseUrl?: string | undefined
  /** Absolute. */
  readonly homeFolder: string
}

/** Where the database is: the URL's, else `gateway.db` in the home folder. Throws `invalid_request` for a URL of something else. */
export function locateStore({ databaseUrl, homeFolder }: LocationInput): Pick<StoreOptions, 'url' | 'file'> {
  if (databaseUrl === undefined || databaseUrl === '') return { file: join(homeFolder, 'gateway.db') }
  // not repeated in the message: it has a password in it
  if (URL.canParse(databaseUrl) && /^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) {
    return { url: databaseUrl }
  }
  throw new GatewayError(
    'invalid_request',
    'must be a PostgreSQL URL: postgres://user:password@host:5432/name',
    {
      path: 'database.url',
    },
  )
}
