import { CHAT, GEMINI, MESSAGES, RESPONSES, section } from './case.ts'

const TOOLS = section({ feature: 'tools', direction: 'request' }, [
  ['TLD-01', 'lossless', 'A function and its schema'],
  ['TLD-02', 'lossless', 'A function without parameters'],
  ['TLD-03', ['approximated', 'refused'], 'A schema whose root is no plain object', { to: [MESSAGES] }],
  ['TLD-04', ['lossless', 'approximated'], 'Strictness, always said to Responses', { direction: 'both' }],
  ['TLD-05', ['approximated', 'refused'], 'Keywords of JSON Schema that a target lacks'],
  ['TLD-06', 'lossless', 'Keys of a schema keep their order'],
  ['TLD-07', 'lossless', 'Tools keep their order'],
  [
    'TLD-08',
    'approximated',
    'A name that the target does not take, restored in the answer',
    { direction: 'both' },
  ],
  ['TLD-09', 'lossless', 'A function without a description'],
  ['TLD-10', 'dropped', 'Examples and schemas of results'],
  ['TLD-11', ['approximated', 'dropped', 'refused'], 'Loading later, allowed callers, calls without waiting'],
  [
    'TLD-12',
    ['approximated', 'refused'],
    'A tool of free text, with and without a grammar',
    { from: [CHAT, RESPONSES], direction: 'both' },
  ],
  ['TLD-13', 'approximated', 'Tools in namespaces', { from: [RESPONSES], direction: 'both' }],
  ['TLD-13b', ['lossless', 'approximated'], 'Tools that come as an item of the input', { from: [RESPONSES] }],
  ['TLD-13c', 'approximated', 'Tools that wait for a tool search', { from: [MESSAGES] }],
  ['TLD-14', ['approximated', 'refused'], 'Typed tools that the client runs', { from: [MESSAGES] }],
  ['TLD-15', 'refused', 'Shell, patch and computer tools of OpenAI', { from: [RESPONSES] }],
  ['TLD-16', ['dropped', 'refused'], 'Tools that the provider runs', { feature: 'hosted tools' }],
  ['TLD-17', 'refused', 'Two tools of one name'],
  ['TLD-18', 'lossless', 'An empty list of tools'],
  ['TLD-19', 'approximated', 'Calls in the history, no tools in the request', { to: [MESSAGES] }],
  ['TLD-20', 'rule', 'Very many tools are the upstream’s to judge'],
])

const CHOICES = section({ feature: 'tool choice', direction: 'request' }, [
  ['TLC-01', 'lossless', 'The model decides'],
  ['TLC-02', 'lossless', 'No tool, but the tools stay'],
  ['TLC-03', 'lossless', 'Some tool'],
  ['TLC-04', 'lossless', 'This tool; an unknown one is refused'],
  ['TLC-05', ['lossless', 'approximated'], 'One of these tools', { from: [CHAT, RESPONSES, GEMINI] }],
  ['TLC-06', ['lossless', 'approximated'], 'One call at a time'],
  ['TLC-07', 'lossless', 'One call at a time, without any tool', { from: [CHAT, RESPONSES] }],
  ['TLC-08', ['lossless', 'approximated'], 'A forced tool while thinking', { to: [MESSAGES] }],
  [
    'TLC-09',
    ['refused', 'approximated'],
    'A forced tool on models that take none; told to, where that is set',
  ],
  ['TLC-10', 'refused', 'A forced tool that the provider runs', { from: [RESPONSES] }],
  ['TLC-11', 'approximated', 'Calls that are checked against their schema', { from: [GEMINI] }],
])

/** Definitions of tools, and the choice among them. */
export const TOOL_CASES = [...TOOLS, ...CHOICES]
