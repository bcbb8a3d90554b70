import { writeFileSync } from 'node:fs'
import { renderJsonSchema } from '../src/config/json-schema.ts'
import { renderReference } from '../src/config/reference.ts'

// Writes the documents that come from the schema. Run it after a change in src/config; a test fails where it was forgotten.

const docs = new URL('../docs/', import.meta.url)
writeFileSync(new URL('configuration.md', docs), renderReference())
writeFileSync(new URL('config.schema.json', docs), renderJsonSchema())
