import type { JsonObject } from '../../core/json.ts'
import type { FunctionTool } from '../../ir/request.ts'

// Tools whose schema Claude was trained on: the client runs them, and the wire names only their type. For other models they are
// spelled out as ordinary functions with the documented inputs.

const STRING = { type: 'string' }
const WHOLE_NUMBER = { type: 'integer' }
const LINE_RANGE = {
  type: 'array',
  items: { type: 'integer' },
  description: 'First and last line, counted from 1; -1 as the last means the end.',
}

/** @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/bash-tool */
const BASH = {
  description: 'Runs a command in a bash shell that keeps its state between calls.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', description: 'The command to run. Required unless the shell is restarted.' },
      restart: { type: 'boolean', description: 'True restarts the shell.' },
    },
  },
}

/** @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/text-editor-tool */
const TEXT_EDITOR = {
  description: 'Views, creates and edits text files.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert'] },
      path: { type: 'string', description: 'The file or directory.' },
      view_range: LINE_RANGE,
      file_text: { type: 'string', description: 'The content of the file to create.' },
      old_str: { type: 'string', description: 'The text to replace; it must occur exactly once.' },
      new_str: { type: 'string', description: 'The text to put in its place.' },
      insert_line: { type: 'integer', description: 'The line after which to insert; 0 is the beginning.' },
      insert_text: { type: 'string', description: 'The text to insert.' },
    },
    required: ['command', 'path'],
  },
}

/** @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/memory-tool */
const MEMORY = {
  description: 'Keeps notes in files under /memories that last beyond this conversation.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
      path: STRING,
      view_range: LINE_RANGE,
      file_text: STRING,
      old_str: STRING,
      new_str: STRING,
      insert_line: WHOLE_NUMBER,
      insert_text: STRING,
      old_path: STRING,
      new_path: STRING,
    },
    required: ['command'],
  },
}

const SPELLED_OUT = [
  ['bash_', 'bash', BASH],
  ['text_editor_', 'str_replace_based_edit_tool', TEXT_EDITOR],
  ['memory_', 'memory', MEMORY],
] as const

/** Each stands for dozens of actions on a screen or in a browser that no other model was trained for. */
const TOOLSETS = ['computer_', 'browser_']

/** The function that a typed client tool amounts to; `toolset` for one that is too much for that; undefined for a provider's own tool. */
export function typedToolFunction(type: string, tool: JsonObject): FunctionTool | 'toolset' | undefined {
  if (TOOLSETS.some((prefix) => type.startsWith(prefix))) return 'toolset'
  const match = SPELLED_OUT.find(([prefix]) => type.startsWith(prefix))
  if (match === undefined) return undefined
  const [, usualName, { description, parameters }] = match
  const name = typeof tool.name === 'string' ? tool.name : usualName
  return { type: 'function', name, description, parameters }
}
