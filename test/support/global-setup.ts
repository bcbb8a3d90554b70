import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with the URL of this run's PostgreSQL, which it starts when it is first asked. */
    readonly postgresStarter: string
  }
}

/** What the starter answers: where the server is, or why there is none. */
export type PostgresAnswer = { readonly url: string } | { readonly reason: string }

/** One PostgreSQL for all test files, which run in threads of their own, and none where no test needs it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | undefined
  const starter = createServer((_request, response) => {
    starting ??= startPostgresServer()
    starting.then(
      ({ url }) => response.end(JSON.stringify({ url } satisfies PostgresAnswer)),
      (error: Error) => response.end(JSON.stringify({ reason: error.message } satisfies PostgresAnswer)),
    )
  })
  await new Promise<void>((resolve) => starter.listen(0, '127.0.0.1', resolve))
  project.provide('postgresStarter', `http://127.0.0.1:${(starter.address() as AddressInfo).port}`)
  return async () => {
    starter.close()
    starter.closeAllConnections()
    await starting?.then(
      (server) => server.stop(),
      () => {},
    )
  }
}
