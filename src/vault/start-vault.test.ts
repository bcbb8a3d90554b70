import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePostgresDatabase, POSTGRES_PROBLEM } from '../../test/support/postgres.ts'
import { makeDatabaseFile, makeStore, openForTest } from '../../test/support/store.ts'
import type { VaultConfig } from '../config/config.ts'
import { getAccount, insertAccount, newAccountId } from '../store/accounts.ts'
import type { Store } from '../store/store.ts'
import type { KeySource } from './find-keys.ts'
import { credentialIdentity } from './identity.ts'
import { generateMasterKey, parseMasterKey } from './master-key.ts'
import { rotateMasterKey } from './rotate-master-key.ts'
import { startVault } from './start-vault.ts'
import { open, seal, type Vault } from './vault.ts'

const SECRET = 'sk-a-credential-that-must-not-show'
const lockedWith = (text: RegExp) =>
  expect.objectContaining({ code: 'vault_locked', message: expect.stringMatching(text) })

/** Key files are named below a folder of their own, which is outside our home folder. */
async function sourceWith(vault: VaultConfig = {}): Promise<KeySource & { readonly file: string }> {
  const folder = dirname(dirname(await makeDatabaseFile()))
  const homeFolder = join(folder, 'home')
  const keyFile = vault.keyFile && join(folder, vault.keyFile)
  return {
    vault: { ...vault, ...(keyFile && { keyFile }) },
    homeFolder,
    file: keyFile ?? join(homeFolder, 'master.key'),
  }
}

async function makePostgresStore(): Promise<Store> {
  const store = await openForTest({ url: await makePostgresDatabase() })
  await store.migrate()
  return store
}

async function addAccount(store: Store, vault: Vault, secret = SECRET): Promise<string> {
  const id = newAccountId()
  const sealedCredential = seal(vault, credentialIdentity(id), secret)
  await insertAccount(store.db, { id, name: id, provider: 'openai', type: 'api-key', sealedCredential })
  return id
}

async function readBack(store: Store, vault: Vault, id: string): Promise<string> {
  return open(vault, credentialIdentity(id), (await getAccount(store.db, id))?.sealedCredential ?? '')
}

describe('the first start', () => {
  test('makes a key that only its owner can read, and says so once', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const first = await startVault(store, source)
    expect(first.generatedFile).toBe(source.file)
    expect((await stat(source.file)).mode & 0o777).toBe(0o600)
    expect(await readdir(source.homeFolder)).toEqual(['master.key'])

    const id = await addAccount(store, first.vault)
    const second = await startVault(store, source)
    expect(second.generatedFile).toBeUndefined()
    expect(await readBack(store, second.vault, id)).toBe(SECRET)
  })

  test('of several gateways at once makes one key', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const started = await Promise.all(Array.from({ length: 8 }, () => startVault(store, source)))
    expect(new Set(started.map(({ vault }) => vault.keys().current.id)).size).toBe(1)
    expect(started.filter(({ generatedFile }) => generatedFile !== undefined)).toHaveLength(1)
  })

  test('uses the key of a variable or a named file, and makes none', async () => {
    const written = generateMasterKey()
    const { id } = parseMasterKey(written, 'test')
    const store = await makeStore()
    const byVariable = await sourceWith({ key: written })
    expect((await startVault(store, byVariable)).vault.keys().current.id).toBe(id)
    const byFile = await sourceWith({ keyFile: 'my.key' })
    await writeFile(byFile.file, `${written}\n`, { mode: 0o400 })
    expect((await startVault(store, byFile)).vault.keys().current.id).toBe(id)
    await expect(readdir(byFile.homeFolder)).rejects.toThrow('ENOENT')
  })
})

describe.skipIf(POSTGRES_PROBLEM !== undefined)(
  `gateways that share a PostgreSQL ${POSTGRES_PROBLEM ?? ''}`,
  () => {
    test('each need the same key: a second one that has none makes none', async () => {
      const store = await makePostgresStore()
      const first = (await startVault(store, await sourceWith())).vault.keys().current.id
      const second = await sourceWith()
      await expect(startVault(store, second)).rejects.toThrow(lockedWith(new RegExp(first)))
      await expect(stat(second.file)).rejects.toThrow('ENOENT')
    })

    test('may be given another while nothing is sealed', async () => {
      const store = await makePostgresStore()
      await startVault(store, await sourceWith())
      const given = await sourceWith({ key: generateMasterKey() })
      await addAccount(store, (await startVault(store, given)).vault)
      const other = await sourceWith({ key: generateMasterKey() })
      await expect(startVault(store, other)).rejects.toMatchObject({ code: 'vault_locked' })
    })
  },
)

describe('a key that does not do', () => {
  test('another than the one that sealed: both fingerprints are named', async () => {
    const store = await makeStore()
    const { vault } = await startVault(store, await sourceWith())
    await addAccount(store, vault)
    const other = await sourceWith({ key: generateMasterKey() })
    const otherId = parseMasterKey(other.vault.key ?? '', '').id
    const both = new RegExp(`${vault.keys().current.id}.*${otherId}`)
    await expect(startVault(store, other)).rejects.toThrow(lockedWith(both))
  })

  test('a lost one is not replaced while anything is sealed with it', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    await addAccount(store, vault)
    await rm(source.file)
    await expect(startVault(store, source)).rejects.toThrow(lockedWith(new RegExp(vault.keys().current.id)))
    await expect(stat(source.file)).rejects.toThrow('ENOENT')
  })

  test('a lost one that sealed nothing is replaced', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const lost = (await startVault(store, source)).vault.keys().current.id
    await rm(source.file)
    const again = await startVault(store, source)
    expect(again.vault.keys().current.id).not.toBe(lost)
  })

  test('records of an unannounced key count as well', async () => {
    const store = await makeStore()
    const { vault } = await startVault(await makeStore(), await sourceWith())
    await addAccount(store, vault)
    await expect(startVault(store, await sourceWith())).rejects.toThrow(lockedWith(/at hand: none/))
  })

  test.each([0o644, 0o604, 0o660, 0o602])('a file of mode %o is refused', async (mode) => {
    const store = await makeStore()
    const source = await sourceWith()
    await startVault(store, source)
    await chmod(source.file, mode)
    await expect(startVault(store, source)).rejects.toThrow(lockedWith(/chmod 600/))
  })

  test('neither are a named file that is missing, nor two keys that differ, nor something else', async () => {
    const store = await makeStore()
    const missing = await sourceWith({ keyFile: 'nowhere' })
    await expect(startVault(store, missing)).rejects.toThrow(lockedWith(/LLM_GATEWAY_MASTER_KEY_FILE names/))

    const two = await sourceWith({ key: generateMasterKey(), keyFile: 'my.key' })
    await writeFile(two.file, generateMasterKey(), { mode: 0o600 })
    await expect(startVault(store, two)).rejects.toThrow(lockedWith(/different keys/))

    const weak = await sourceWith({ key: 'correct horse battery staple' })
    await expect(startVault(store, weak)).rejects.toThrow(lockedWith(/^(?!.*horse).*openssl/))
  })
})

describe('rotating the master key', () => {
  test('a running vault follows, and the old key stays beside the new one', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    const first = vault.keys().current.id
    const id = await addAccount(store, vault)

    const { from, to, resealed } = await rotateMasterKey(store, source)
    expect([from.id, resealed]).toEqual([first, 1])
    expect(vault.keys()).toMatchObject({ current: { id: to.id }, previous: { id: first } })
    expect(await readBack(store, vault, id)).toBe(SECRET)
    expect((await readdir(source.homeFolder)).sort()).toEqual(['master.key', 'master.key.previous'])
    for (const file of await readdir(source.homeFolder))
      expect((await stat(join(source.homeFolder, file))).mode & 0o777).toBe(0o600)
  })

  test('again and again keeps every old key, for old backups', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    const id = await addAccount(store, vault)
    const used = [vault.keys().current.id]
    for (let count = 0; count < 3; count += 1) used.push((await rotateMasterKey(store, source)).to.id)
    expect(new Set(used).size).toBe(4)
    const kept = [`master.key.${used[0]}`, `master.key.${used[1]}`, 'master.key.previous', 'master.key']
    expect((await readdir(source.homeFolder)).sort()).toEqual(kept.sort())
    expect(await readBack(store, (await startVault(store, source)).vault, id)).toBe(SECRET)
  })

  test('killed half-way is taken up with the same new key, and servers start meanwhile', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    const id = await addAccount(store, vault)
    const killed = rotateMasterKey(store, source, () => {
      throw new Error('killed')
    })
    await expect(killed).rejects.toThrow('killed')
    const between = await startVault(store, source)
    expect(await readBack(store, between.vault, id)).toBe(SECRET)
    const { to } = await rotateMasterKey(store, source)
    expect(to.id).toBe(between.vault.keys().current.id)
    expect((await readdir(source.homeFolder)).sort()).toEqual(['master.key', 'master.key.previous'])
  })

  test('killed before the new key was in place starts over', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    const id = await addAccount(store, vault)
    const text = await readFile(source.file, 'utf8')
    for (const name of ['previous', 'next'])
      await writeFile(`${source.file}.${name}`, name === 'next' ? generateMasterKey() : text, { mode: 0o600 })
    const { from, to } = await rotateMasterKey(store, source)
    expect(from.id).not.toBe(to.id)
    expect(await readBack(store, vault, id)).toBe(SECRET)
  })

  test('several at once lose no key', async () => {
    const store = await makeStore()
    const source = await sourceWith()
    const { vault } = await startVault(store, source)
    const id = await addAccount(store, vault)
    await Promise.allSettled(Array.from({ length: 4 }, () => rotateMasterKey(store, source)))
    expect(await readBack(store, (await startVault(store, source)).vault, id)).toBe(SECRET)
  })

  test('a key from a variable is replaced by the operator', async () => {
    const store = await makeStore()
    const [old, next] = [generateMasterKey(), generateMasterKey()]
    const before = await sourceWith({ key: old })
    const id = await addAccount(store, (await startVault(store, before)).vault)
    await expect(rotateMasterKey(store, before)).rejects.toMatchObject({ code: 'invalid_request' })

    const during = await sourceWith({ key: next, previousKey: old })
    expect(await readBack(store, (await startVault(store, during)).vault, id)).toBe(SECRET)
    expect(await rotateMasterKey(store, during)).toMatchObject({ resealed: 1 })
    expect(await rotateMasterKey(store, during)).toMatchObject({ resealed: 0 })
    const after = await sourceWith({ key: next })
    expect(await readBack(store, (await startVault(store, after)).vault, id)).toBe(SECRET)
  })
})

test('a key file that comes and goes does not disturb a running vault', async () => {
  const store = await makeStore()
  const source = await sourceWith()
  const { vault } = await startVault(store, source)
  const id = await addAccount(store, vault)
  await rename(source.file, `${source.file}.away`)
  expect(await readBack(store, vault, id)).toBe(SECRET)
  await writeFile(source.file, 'half a k', { mode: 0o600 })
  expect(await readBack(store, vault, id)).toBe(SECRET)
})

test('database, write-ahead log and backup hold no credential', async () => {
  const file = await makeDatabaseFile()
  const store = await openForTest({ file })
  await store.migrate()
  const source = await sourceWith()
  const { vault } = await startVault(store, source)
  const secrets = Array.from({ length: 20 }, (_, index) => `${SECRET}-${index}`)
  for (const secret of secrets) await addAccount(store, vault, secret)
  const backup = join(source.homeFolder, 'backup.db')
  await store.backupTo(backup)
  const wal = await readFile(`${file}-wal`)
  expect(wal.length).toBeGreaterThan(0)
  const key = (await readFile(source.file, 'utf8')).trim()
  for (const bytes of [wal, await readFile(file), await readFile(backup)]) {
    expect(bytes.includes(SECRET)).toBe(false)
    expect(bytes.includes(Buffer.from(SECRET).toString('base64').slice(0, 40))).toBe(false)
    expect(bytes.includes(key)).toBe(false)
  }
  expect(Buffer.concat([wal, await readFile(backup)]).includes(vault.keys().current.id)).toBe(true)
})
