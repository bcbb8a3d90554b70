import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addAccount } from '../../src/control/accounts.ts'
import { issueKey, rotateKey } from '../../src/control/keys.ts'
import { openSecrets } from '../../src/control/stored-account.ts'
import { getAccount } from '../../src/store/accounts.ts'
import { listAudit } from '../../src/store/audit.ts'
import { backupStore } from '../../src/store/backup.ts'
import { openDesk, type TestDesk } from '../support/desk.ts'

/** One of everything that is a secret, each recognisable. */
const SECRETS = {
  apiKey: 'sk-ant-secret-of-the-account-0123456789',
  awsSecret: 'awsSecretAccessKeyThatNobodyMayRead00',
  awsSession: 'awsSessionTokenThatNobodyMayRead0000',
  googleKey: '{"type":"service_account","private_key":"googlePrivateKeyThatNobodyMayRead"}',
  azureSecret: 'azureClientSecretThatNobodyMayRead000',
  header: 'headerCredentialThatNobodyMayRead0000',
}

async function start(): Promise<{ command: TestDesk; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-gateway-test-'))
  const command = await openDesk(folder)
  onTestFinished(async () => {
    await command.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { command, folder }
}

async function addAccounts({ desk }: TestDesk): Promise<void> {
  const { apiKey, awsSecret, awsSession, googleKey, azureSecret, header } = SECRETS
  await addAccount(desk, {
    name: 'key',
    provider: 'anthropic',
    api_key: apiKey,
    headers: { 'x-own': header },
  })
  await addAccount(desk, {
    name: 'aws',
    provider: 'bedrock',
    type: 'aws',
    aws: {
      region: 'us-east-1',
      access_key_id: 'AKIAEXAMPLE',
      secret_access_key: awsSecret,
      session_token: awsSession,
    },
  })
  await addAccount(desk, {
    name: 'google',
    provider: 'vertex',
    type: 'google',
    google: { project: 'p', credentials_json: googleKey },
  })
  await addAccount(desk, {
    name: 'azure',
    provider: 'azure-openai',
    type: 'azure',
    base_url: 'https://resource.openai.azure.com',
    azure: { tenant_id: 't', client_id: 'c', client_secret: azureSecret },
  })
}

test('no credential and no key stands readable in the database, its log, a backup, or the audit log', async () => {
  const { command, folder } = await start()
  await addAccounts(command)
  const issued = await issueKey(command.desk, { name: 'one' })
  const rotated = await rotateKey(command.desk, 'one', { graceSeconds: 60 })
  await backupStore(command.running.store, join(folder, 'backup.db'))

  const files = (await readdir(folder)).filter((name) => name.includes('.db'))
  expect(files).toEqual(expect.arrayContaining(['gateway.db', 'gateway.db-wal', 'backup.db']))
  const bytes = Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name)))))
  expect(bytes.includes('key_')).toBe(true)
  const secrets = [...Object.values(SECRETS), issued.secret, rotated.secret]
  // as it is, and the part of it that a JSON text or a cut would leave
  const readable = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.slice(8, 32),
  ])
  expect(readable.filter((secret) => bytes.includes(secret))).toEqual([])

  const audit = JSON.stringify(await listAudit(command.desk.db, { limit: 100 }))
  expect(readable.filter((secret) => audit.includes(secret))).toEqual([])
})

test('a sealed credential that is moved to another account does not open', async () => {
  const { command } = await start()
  await addAccounts(command)
  const vault = await command.desk.vault()
  const [one, other] = [await getAccount(command.desk.db, 'key'), await getAccount(command.desk.db, 'aws')]
  if (one === undefined || other === undefined) throw new Error('no accounts')
  expect(openSecrets(one, vault)).toMatchObject({ api_key: SECRETS.apiKey })
  const moved = { ...other, sealedCredential: one.sealedCredential }
  expect(() => openSecrets(moved, vault)).toThrow(expect.objectContaining({ code: 'vault_corrupt' }))
})

test('with another master key the gateway says so and serves the rest', async () => {
  const { command, folder } = await start()
  await addAccounts(command)
  await addAccount(command.desk, {
    name: 'open',
    provider: 'ollama',
    api_key: '',
    base_url: 'http://127.0.0.1:11434',
  })
  const environment = { LLM_GATEWAY_MASTER_KEY: 'c'.repeat(64) }
  const stranger = await openDesk(folder, environment)
  onTestFinished(() => stranger.close())
  const stored = await stranger.running.load()
  expect(stored.accounts.map(({ name }) => name)).toEqual(['open'])
  expect(stored.problems).toHaveLength(4)
  for (const problem of stored.problems) expect(problem).toMatch(/master key/)
  for (const secret of Object.values(SECRETS)) expect(stored.problems.join()).not.toContain(secret)
})
