/** The simulated provider in a process of its own: `node simulator-process.ts <port>`. */
import { startSimulator } from '../src/simulator/server.ts'
import { CHUNK_DELAY_MS } from './workload.ts'

await startSimulator({ port: Number(process.argv[2]), chunkDelayMs: CHUNK_DELAY_MS, maxReceived: 1 })
