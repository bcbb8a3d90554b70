import { once } from 'node:events'
import { readOAuthSettings } from '../../src/oauth/settings.ts'
import { TokenSource } from '../../src/oauth/token-source.ts'
import { openStore } from '../../src/store/open-store.ts'
import { parseMasterKey } from '../../src/vault/master-key.ts'
import { createVault } from '../../src/vault/vault.ts'
import { plainFetch } from './oauth-account.ts'
import type { TokenUserJob } from './token-users.ts'

// For tests only: a process that wants an account's token many times at once. The job is its one argument; it says when it is ready,
// begins when something comes in, and writes the tokens that it got.

const job = JSON.parse(process.argv[2] ?? '') as TokenUserJob
const store = await openStore({ ...job.location, onError: () => {} })
await store.migrate()
const source = new TokenSource({
  accountId: job.accountId,
  server: { settings: readOAuthSettings('test', job.overrides), fetch: plainFetch },
  db: store.db,
  vault: createVault(parseMasterKey(job.masterKey, 'test')),
  now: Date.now,
})
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const request = { origin: 'http://127.0.0.1', path: '/', method: 'POST', headers: {}, body: undefined }
const headers = await Promise.all(
  Array.from({ length: job.users }, async () => await source.authorise(request)),
)
process.stdout.write(`${JSON.stringify(headers.map(({ authorization }) => authorization))}\n`)
process.stdin.destroy()
await store.close()
