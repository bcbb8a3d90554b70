import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { inputFor, makeFolder } from '../../test/support/config.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'
import { ConfigError } from './problem.ts'
import { watchConfig } from './watch.ts'

const portIs = (port: number | string) => `server: { port: ${port} }`

/** Watches a folder's configuration; the list fills up with the port of each new one, or 'invalid'. */
async function watching(folder: string, timing = { debounceMs: 5, pollMs: 60_000 }) {
  const load = async () => await loadConfig(inputFor(folder))
  const seen: (number | string)[] = []
  const watcher = watchConfig(
    (await load()).files,
    load,
    {
      onChange: (config: Config) => seen.push(config.server.port),
      onInvalid: (error) => seen.push(error instanceof ConfigError ? 'invalid' : String(error)),
    },
    timing,
  )
  onTestFinished(() => watcher.close())
  return { seen, watcher }
}

describe('watchConfig', () => {
  test('tells once of a file written in place', async () => {
    const folder = await makeFolder({ 'config.yaml': portIs(1) })
    const { seen } = await watching(folder)
    await writeFile(join(folder, 'config.yaml'), portIs(2))
    await expect.poll(() => seen.includes(2)).toBe(true)
    await writeFile(join(folder, 'config.yaml'), portIs(3))
    await expect.poll(() => seen.includes(3)).toBe(true)
    // a write in place may be seen between truncation and content; that is a valid, empty file
    expect(seen.filter((port) => port !== 8080)).toEqual([2, 3])
  })

  test('tells of a file replaced by another, again and again', async () => {
    const folder = await makeFolder({ 'config.yaml': portIs(1) })
    const { seen } = await watching(folder)
    for (const port of [2, 3, 4]) {
      await writeFile(join(folder, 'new'), portIs(port))
      await rename(join(folder, 'new'), join(folder, 'config.yaml'))
      await expect.poll(() => seen.at(-1)).toBe(port)
    }
    expect(seen).toEqual([2, 3, 4])
  })

  test('tells of a mounted ConfigMap, whose files are links into a folder that is swapped', async () => {
    const folder = await makeFolder({ 'one/config.yaml': portIs(1), 'two/config.yaml': portIs(2) })
    await symlink('one', join(folder, '..data'))
    await symlink('..data/config.yaml', join(folder, 'config.yaml'))
    const { seen } = await watching(folder)
    await symlink('two', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    await expect.poll(() => seen).toEqual([2])
  })

  test('tells of a file that appears, and of one that goes', async () => {
    const folder = await makeFolder()
    const { seen } = await watching(folder)
    await writeFile(join(folder, 'new'), portIs(2))
    await rename(join(folder, 'new'), join(folder, 'config.yaml'))
    await expect.poll(() => seen).toEqual([2])
    await rm(join(folder, 'config.yaml'))
    await expect.poll(() => seen).toEqual([2, 8080])
  })

  test('finds a file in a folder that did not exist', async () => {
    const folder = await makeFolder()
    const home = join(folder, 'later')
    const load = async () =>
      await loadConfig({ ...inputFor(folder), environment: { LLM_GATEWAY_HOME: home } })
    const seen: number[] = []
    const listeners = {
      onChange: ({ server }: Config) => seen.push(server.port),
      onInvalid: () => seen.push(-1),
    }
    const watcher = watchConfig((await load()).files, load, listeners, { debounceMs: 1, pollMs: 20 })
    onTestFinished(() => watcher.close())
    await mkdir(home)
    await writeFile(join(home, 'new'), portIs(2))
    await rename(join(home, 'new'), join(home, 'config.yaml'))
    await expect.poll(() => seen).toEqual([2])
  })

  test('tells of an invalid change, then of the next valid one', async () => {
    const folder = await makeFolder({ 'config.yaml': portIs(1) })
    const { seen } = await watching(folder)
    for (const [port, expected] of [
      ['many', 'invalid'],
      [3, 3],
    ]) {
      await writeFile(join(folder, 'new'), portIs(port ?? ''))
      await rename(join(folder, 'new'), join(folder, 'config.yaml'))
      await expect.poll(() => seen.at(-1)).toBe(expected)
    }
    expect(seen).toEqual(['invalid', 3])
  })

  test('says nothing when the content stays the same', async () => {
    const folder = await makeFolder({ 'config.yaml': portIs(1) })
    const { seen } = await watching(folder)
    for (const port of [1, 1, 2]) {
      await writeFile(join(folder, 'new'), portIs(port))
      await rename(join(folder, 'new'), join(folder, 'config.yaml'))
      await writeFile(join(folder, 'unrelated'), String(port))
    }
    await expect.poll(() => seen).toEqual([2])
  })

  test('goes on to watch a file that the new configuration names', async () => {
    const folder = await makeFolder({ 'keys/mine.json': keysJson('one') })
    const { seen } = await watching(folder)
    await writeFile(join(folder, 'new'), `keys_file: keys/mine.json\n${portIs(2)}`)
    await rename(join(folder, 'new'), join(folder, 'config.yaml'))
    await expect.poll(() => seen).toEqual([2])
    await writeFile(join(folder, 'new'), keysJson('two'))
    await rename(join(folder, 'new'), join(folder, 'keys/mine.json'))
    await expect.poll(() => seen).toEqual([2, 2])
  })

  test('survives a listener that throws', async () => {
    const folder = await makeFolder({ 'config.yaml': portIs(1) })
    const load = async () => await loadConfig(inputFor(folder))
    const problems: unknown[] = []
    const onChange = () => {
      throw new Error('cannot apply this')
    }
    const watcher = watchConfig((await load()).files, load, {
      onChange,
      onInvalid: (error) => problems.push(error),
    })
    onTestFinished(() => watcher.close())
    await writeFile(join(folder, 'new'), portIs(2))
    await rename(join(folder, 'new'), join(folder, 'config.yaml'))
    await expect.poll(() => problems).toMatchObject([{ message: 'cannot apply this' }])
  })
})

function keysJson(key: string): string {
  return JSON.stringify({ virtual_keys: { [`vk_${key}`]: { provider: 'openai', api_key: 'sk-1' } } })
}
