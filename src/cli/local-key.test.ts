import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ensureLocalKey, localKeyFile, readLocalKey } from './local-key.ts'

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-key-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('the first start makes a key of 256 random bits', async () => {
  const home = await makeFolder()
  const key = await ensureLocalKey(home)
  expect(key).toMatchObject({ isNew: true, file: join(home, 'local-key') })
  expect(Buffer.from(key.secret.replace('sk-gw-', ''), 'base64url')).toHaveLength(32)
})

test('later starts read the same key', async () => {
  const home = await makeFolder()
  const { secret } = await ensureLocalKey(home)
  expect(await ensureLocalKey(home)).toMatchObject({ secret, isNew: false })
})

test('only the owner may look into the folder and the file', async () => {
  const home = join(await makeFolder(), 'not-there-yet')
  const { file } = await ensureLocalKey(home)
  expect([await modeOf(home), await modeOf(file)]).toEqual([0o700, 0o600])
})

test('a file that became readable by others is closed again', async () => {
  const home = await makeFolder()
  const { file } = await ensureLocalKey(home)
  await chmod(file, 0o644)
  await ensureLocalKey(home)
  expect(await modeOf(file)).toBe(0o600)
})

test('two starts at once agree on one key', async () => {
  const home = await makeFolder()
  const [one, other] = await Promise.all([ensureLocalKey(home), ensureLocalKey(home)])
  expect(one.secret).toBe(other.secret)
  expect(await readdir(home)).toEqual(['local-key'])
})

test('there is none before the first start', async () => {
  expect(await readLocalKey(await makeFolder())).toBeUndefined()
})

test('a file that holds something else is refused without quoting it', async () => {
  const home = await makeFolder()
  await writeFile(localKeyFile(home), 'hunter2')
  await expect(ensureLocalKey(home)).rejects.toMatchObject({ exitCode: 1 })
  await expect(ensureLocalKey(home)).rejects.not.toThrow(/hunter2/)
})

test('a folder that cannot be made is an error in words', async () => {
  const folder = await makeFolder()
  await writeFile(join(folder, 'file'), '')
  await expect(ensureLocalKey(join(folder, 'file', 'home'))).rejects.toMatchObject({ exitCode: 1 })
})
