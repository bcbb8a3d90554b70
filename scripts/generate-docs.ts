import { writeFileSync } from 'node:fs'
import { renderJsonSchema } from '../src/config/json-schema.ts'
import { renderReference } from '../src/config/reference.ts'
import { renderProviders } from '../src/providers/reference.ts'

// Writes the documents that come from the schema and from the providers. Run it after a change in src/config or src/providers; a test
// fails where it was forgotten.

const docs = new URL('../docs/', import.meta.url)
writeFileSync(new URL('configuration.md', docs), renderReference())
writeFileSync(new URL('config.schema.json', docs), renderJsonSchema())
writeFileSync(new URL('providers.md', docs), renderProviders())
