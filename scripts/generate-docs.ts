import { writeFileSync } from 'node:fs'
import { processContext } from '../src/cli/context.ts'
import { buildProgram } from '../src/cli/program.ts'
import { renderCommandLine } from '../src/cli/reference.ts'
import { renderJsonSchema } from '../src/config/json-schema.ts'
import { renderReference } from '../src/config/reference.ts'
import { renderProviders } from '../src/providers/reference.ts'
import { renderConformance } from '../test/conformance/features/document.ts'

// Writes the documents that come from the schema, from the providers and from what the converters do. Run it after a change in src/config,
// src/providers, src/dialects or test/conformance; a test fails where it was forgotten.

const docs = new URL('../docs/', import.meta.url)
writeFileSync(new URL('configuration.md', docs), renderReference())
writeFileSync(new URL('config.schema.json', docs), renderJsonSchema())
writeFileSync(new URL('providers.md', docs), renderProviders())
writeFileSync(new URL('conformance.md', docs), renderConformance())
writeFileSync(new URL('cli.md', docs), renderCommandLine(buildProgram(processContext())))
