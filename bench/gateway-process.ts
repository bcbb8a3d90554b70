/**
 * The gateway as `server start` runs it, but for the interaction log, which goes to the null device: its lines are built, redacted
 * and written all the same. Configured by the environment.
 */
import { openSync } from 'node:fs'
import { devNull } from 'node:os'
import { startApp } from '../src/app.ts'
import { loadConfig } from '../src/config/load.ts'

const home = process.env.LLM_GATEWAY_HOME ?? process.cwd()

const app = await startApp({
  load: () =>
    loadConfig({
      environment: process.env,
      flags: {},
      workingDirectory: home,
      homeDirectory: home,
      providerVariables: {},
    }),
  interactionDescriptor: openSync(devNull, 'w'),
})
// an orderly exit is what writes the compile cache
process.once('SIGTERM', () => void app.close().finally(() => process.exit(0)))
