import { copyStore } from '../../src/store/copy.ts'
import { openStore } from '../../src/store/open-store.ts'
import { insertTeam } from '../../src/store/teams.ts'
import type { StoreJob } from './store-processes.ts'

// For tests only: what another process does with a store. The job is its one argument; what it learns goes to stdout as JSON.

const onError = () => {}
const job = JSON.parse(process.argv[2] ?? '') as StoreJob
const store = await openStore({ ...job.location, onError })
const migrated = await store.migrate()
switch (job.type) {
  case 'migrate':
    process.stdout.write(`${JSON.stringify(migrated)}\n`)
    break
  case 'insert-teams':
    for (const name of job.names) await insertTeam(store.db, { name })
    break
  case 'copy': {
    const target = await openStore({ ...job.target, onError })
    await target.migrate()
    await copyStore(store, target, {
      onProgress: (progress) => void process.stdout.write(`${JSON.stringify(progress)}\n`),
    })
    await target.close()
  }
}
await store.close()
