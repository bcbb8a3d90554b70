import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A config file that changes nothing: every line of it is a comment. */
export const CONFIG_TEMPLATE = `# LLM Gateway. Everything here is optional: take the # away from what you want to change.
# Changes take effect by themselves, and an invalid file leaves the running gateway as it is: llm-gateway config check
# Every option: docs/configuration.md. \${NAME} is replaced from the environment.

# server:
#   host: 127.0.0.1   # 0.0.0.0 is every interface; that needs virtual keys of your own
#   port: 8080

# proxy:
#   request_timeout: 30s

# Keys and accounts are mostly made with "llm-gateway apikey add" and "llm-gateway upstream add", which store them sealed.
# Written here, they are read only at run time.

# gateway_keys:
#   - id: gw_team
#     name: team-api
#     key_hash: ""      # SHA-256 of the key, in hexadecimal
#     permissions: [read, write]

# upstream_accounts:
#   - id: upstream_prod
#     name: production-anthropic
#     type: api-key
#     provider: anthropic
#     api_key: \${ANTHROPIC_API_KEY}

# model_routes:
#   routes:
#     - source_model: fast
#       target_model: claude-haiku-4-5

# logging:
#   level: info
#   format: json

# Proxies towards providers; "llm-gateway env set --https-proxy=http://proxy:8080" writes them here.
# environment:
#   https_proxy: ""
#   no_proxy: localhost,127.0.0.1,::1
`

/** Makes a config file of comments where there is none. False where there is one. Rejects where the folder cannot be written. */
export async function createConfigFile(file: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    await writeFile(file, CONFIG_TEMPLATE, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
