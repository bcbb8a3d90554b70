import type { Agent, AgentRun } from './agent.ts'

const QUIET = `check_for_update_on_startup = false
[analytics]
enabled = false
`

/** The way for any model: a provider of one's own. @see https://developers.openai.com/codex/config-advanced */
export const codex: Agent = {
  id: 'Codex',
  package: '@openai/codex',
  version: '0.169.0',
  steering: () => ({ exec_command: { cmd: 'cat note.txt' } }),
  files: ({ gatewayUrl, model }) => ({
    '.codex/config.toml': `model = "${model}"
model_provider = "gateway"
${QUIET}
[model_providers.gateway]
name = "LLM gateway"
base_url = "${gatewayUrl}/v1"
env_key = "GATEWAY_KEY"
wire_api = "responses"
`,
  }),
  command: ({ key }, prompt) => codexCommand({ GATEWAY_KEY: key }, prompt),
}

/** A model that Codex knows to write scripts: one tool of free text with a grammar, which calls all others. */
export const codexCodeMode: Agent = {
  ...codex,
  mode: 'code mode',
  model: 'gpt-6-sol',
  steering: () => ({
    exec: { input: 'text(await tools.exec_command({ cmd: "cat note.txt" }))' },
  }),
}

/** The built-in provider: asks for a WebSocket first. */
export const codexBuiltIn: Agent = {
  ...codex,
  mode: 'built-in provider',
  model: 'gpt-5.5',
  upstreams: ['openai-responses', 'gemini'],
  files: ({ gatewayUrl, model }: AgentRun) => ({
    '.codex/config.toml': `model = "${model}"\nopenai_base_url = "${gatewayUrl}/v1"\n${QUIET}`,
  }),
  command: ({ key }, prompt) => codexCommand({ CODEX_API_KEY: key }, prompt),
}

function codexCommand(environment: Record<string, string>, prompt: string) {
  const args = ['exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', prompt]
  return { program: 'node_modules/.bin/codex', args, environment }
}
