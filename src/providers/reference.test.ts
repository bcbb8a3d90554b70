import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { PROVIDERS } from './index.ts'
import { renderProviders } from './reference.ts'

// If this fails: node scripts/generate-docs.ts
test('docs/providers.md is what the providers say', async () => {
  const written = await readFile(new URL('../../docs/providers.md', import.meta.url), 'utf8')
  expect(written).toBe(renderProviders())
})

test('every name and every credential variable is in it', () => {
  const text = renderProviders()
  for (const [name, { credentialVariables }] of PROVIDERS)
    for (const word of [name, ...credentialVariables]) expect(text).toContain(`\`${word}\``)
})
