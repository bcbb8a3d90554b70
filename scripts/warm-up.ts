import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import compileCache from '../bin/compile-cache.cjs'

// Run once after an installation: strips the types of every source file into the compile cache, so that not even the first start
// pays for it. The compiler alone would be 20 MB of a small gateway's memory.

enableCompileCache(compileCache.compileCacheFolder())
const files = await readdir(new URL('../src/', import.meta.url), { recursive: true })
const sources = files.filter((name) => /(?<!\.test|\.d)\.ts$/.test(name) && !name.endsWith('main.ts'))
for (const source of sources) await import(`../src/${source}`)

// the one file that does something when it is imported
spawnSync(process.execPath, [fileURLToPath(new URL('../bin/llm-gateway.js', import.meta.url)), '--version'])
