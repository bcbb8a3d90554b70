import { expect } from 'vitest'

export const call = (id: string, name = 'one', args = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
export const tool = (name: string) => ({ type: 'function', function: { name } })
export const invalid = (path: string) => expect.objectContaining({ code: 'invalid_request', path })
export const USER = { role: 'user', content: 'Hi' }
