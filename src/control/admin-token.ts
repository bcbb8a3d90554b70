import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Db } from '../store/database.ts'
import { getSetting, putSetting, putSettingOnce } from '../store/settings.ts'
import { audited, type Desk } from './desk.ts'

// What administrators present to the admin API, where the configuration names no token. Only its hash is stored.

const SETTING = 'admin_token_sha256'

/** The hash of the token in force (lower-case hexadecimal); undefined while none was made. */
export async function readAdminTokenHash(db: Db): Promise<string | undefined> {
  return await getSetting(db, SETTING)
}

/** Makes the first token and returns it, once: whoever asks later, in this process or another, gets undefined. */
export async function ensureAdminToken(db: Db, now: Clock): Promise<string | undefined> {
  const token = createAdminToken()
  const hash = hashAdminToken(token)
  const inForce = await putSettingOnce(db, SETTING, hash, now())
  return inForce === hash ? token : undefined
}

/** A new token in place of the one before, which ends at once. Without effect where the configuration names a token. */
export async function rotateAdminToken(desk: Desk): Promise<string> {
  const token = createAdminToken()
  return await audited(desk, 'rotate', async (tx) => {
    await putSetting(tx, SETTING, hashAdminToken(token), desk.now())
    return { subject: { type: 'admin_token', id: 'admin' }, result: token }
  })
}

export function hashAdminToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** `sk-admin-` and 256 random bits. */
function createAdminToken(): string {
  return `sk-admin-${randomBytes(32).toString('base64url')}`
}
