import { randomBytes } from 'node:crypto'
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { isMap, parseDocument } from 'yaml'
import { CONFIG_TEMPLATE, createConfigFile } from './config-template.ts'
import { throwIfAny } from './problem.ts'
import { readText } from './source-file.ts'
import { parseYaml } from './yaml-source.ts'

/** An option of the config file; undefined takes it out. */
export interface OptionChange {
  readonly section: string
  readonly name: string
  readonly value: string | undefined
}

/**
 * Changes options in the config file, which is made where there is none. Comments, order and everything else stay. True if anything
 * changed. Throws ConfigError where the file cannot be read as YAML, and what the file system throws where it cannot be written.
 */
export async function editConfigFile(file: string, changes: readonly OptionChange[]): Promise<boolean> {
  const { text = CONFIG_TEMPLATE, problems } = await readText(file)
  throwIfAny(problems)
  const next = editYaml(file, text, changes)
  if (next === text) return false
  await createConfigFile(file)
  await replaceFile(file, next)
  return true
}

/** The same for the text of a file. */
export function editYaml(file: string, text: string, changes: readonly OptionChange[]): string {
  // variables are not looked up: what matters here is the syntax
  const syntax = parseYaml({ file, text: text.replaceAll('${', () => '$${'), environment: {} })
  throwIfAny(syntax.problems)
  const document = parseDocument(text)
  let hasChanged = false
  for (const { section, name, value } of changes) {
    const known = document.getIn([section, name])
    if (value === known || (value === undefined && known === undefined)) continue
    if (value === undefined) document.deleteIn([section, name])
    else {
      if (!isMap(document.get(section, true))) document.set(section, document.createNode({}))
      document.setIn([section, name], value)
    }
    hasChanged = true
  }
  return hasChanged ? document.toString({ lineWidth: 0 }) : text
}

/** Whoever reads it meanwhile sees the old file or the new one; a link stays a link, and the mode is kept. */
async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file)
  const { mode } = await stat(target)
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(draft, text, { mode: mode & 0o777 })
    await rename(draft, target)
  } catch {
    // a file that is mounted by itself, or a folder that is closed to us: there it can only be written in place
    await writeFile(target, text)
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
}
