import type { Agent } from './agent.ts'

/** @see https://geminicli.com/docs/reference/configuration/ */
export const geminiCli: Agent = {
  id: 'Gemini CLI',
  package: '@google/gemini-cli',
  version: '0.61.0',
  steering: () => ({ read_file: { file_path: 'note.txt' } }),
  files: () => ({
    '.gemini/settings.json': JSON.stringify({
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      security: { auth: { selectedType: 'gemini-api-key' } },
    }),
  }),
  command: ({ gatewayUrl, key, model }, prompt) => ({
    program: 'node_modules/.bin/gemini',
    args: ['-m', model, '-p', prompt],
    environment: {
      GOOGLE_GEMINI_BASE_URL: gatewayUrl,
      GEMINI_API_KEY: key,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    },
  }),
}
