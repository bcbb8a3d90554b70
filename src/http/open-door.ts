import { DEMO_KEY } from '../config/additions.ts'
import type { Config } from '../config/config.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i

/** Beyond this machine, a key that everybody knows, or none at all, is no authentication: throws. */
export function refuseOpenDoor({ server, virtualKeys }: Config, hasStoredKeys: boolean): void {
  if (LOOPBACK.test(server.host)) return
  if (hasStoredKeys || virtualKeys.some(({ source }) => source !== 'demo')) return
  throw new Error(
    `Refusing to listen on ${server.host}: without virtual keys of your own, anybody who reaches this port could use the gateway ` +
      `(the demo key "${DEMO_KEY}" is public). Make keys (llm-gateway apikey add, keys.json, config.yaml), or listen on 127.0.0.1.`,
  )
}
