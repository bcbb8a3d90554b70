import { describe, expect, test } from 'vitest'
import { readOAuthSettings } from './settings.ts'

describe('OAuth settings', () => {
  test('come from the preset, and every one may be overridden', () => {
    const preset = readOAuthSettings('anthropic')
    expect(preset).toMatchObject({ tokenRequestFormat: 'json', listHeaders: { 'anthropic-beta': /./ } })
    const overrides = {
      authorization_endpoint: 'https://a.example/authorize',
      token_endpoint: 'https://a.example/token',
      device_authorization_endpoint: 'https://a.example/device',
      issuer: 'https://a.example',
      client_id: 'mine',
      scopes: ['one'],
      redirect_uri: 'https://a.example/cb',
      loopback_host: '[::1]',
      loopback_path: '/cb',
      authorization_parameters: {},
      token_request_format: 'form',
      sends_state: false,
      list_headers: { 'X-Beta': 'one' },
    }
    const settings = readOAuthSettings('anthropic', overrides)
    expect(Object.keys(settings).sort()).toEqual(Object.keys(preset).sort())
    const same = Object.entries(preset).filter(
      ([name, value]) => JSON.stringify(value) === JSON.stringify(settings[name as keyof typeof settings]),
    )
    expect(same).toEqual([])
    expect(Object.values(settings)).not.toContain(undefined)
    expect(settings.listHeaders).toEqual({ 'x-beta': 'one' })
  })

  test('are enough for a provider without a preset once they name a server and a client', () => {
    const token_endpoint = 'http://127.0.0.1:9000/token'
    expect(readOAuthSettings('mine', { token_endpoint, client_id: 'x' })).toMatchObject({ scopes: [] })
    expect(() => readOAuthSettings('mine', { token_endpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: 'oauth.client_id' }),
    )
  })

  test.each([
    ['token_endpoint', 'http://a.example/token'],
    ['token_endpoint', 'https://user:password@a.example/token'],
    ['token_endpoint', 'file:///etc/passwd'],
    ['token_endpoint', 'nonsense'],
    ['scopes', 'one two'],
    ['client_id', ''],
    ['tokenEndpoint', 'https://a.example/token'],
  ])('name what is wrong: %s = %s', (name, value) => {
    expect(() => readOAuthSettings('anthropic', { [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: `oauth.${name}` }),
    )
  })
})
