import { join } from 'node:path'
import type { Agent } from './agent.ts'

/** @see https://code.claude.com/docs/en/llm-gateway */
export const claudeCode: Agent = {
  id: 'Claude Code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.329',
  steering: ({ workspace }) => ({ Read: { file_path: join(workspace, 'note.txt') } }),
  files: () => ({}),
  command: ({ gatewayUrl, key, model }, prompt) => ({
    // the package's own start script would be put there by its install script, which is not run
    program: `node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`,
    args: ['-p', prompt, '--allowedTools', 'Read'],
    environment: {
      ANTHROPIC_BASE_URL: gatewayUrl,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: model,
      ANTHROPIC_SMALL_FAST_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    },
  }),
}
