import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '../..')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

const Compose = z.object({
  services: z.object({
    gateway: z.object({
      build: z.string(),
      ports: z.array(z.string()),
      environment: z.array(z.string()),
      volumes: z.array(z.union([z.string(), z.looseObject({ source: z.string(), target: z.string() })])),
      read_only: z.boolean(),
    }),
  }),
  volumes: z.record(z.string(), z.null()),
})

/** `${NAME:-default}`, nested ones included, filled in the way that compose does. */
function interpolate(text: string, environment: Readonly<Record<string, string>>): string {
  const innermost = /\$\{(\w+):-([^${}]*)\}/g
  const filled = text.replace(
    innermost,
    (_all, name: string, fallback: string) => environment[name] || fallback,
  )
  return filled === text ? text : interpolate(filled, environment)
}

function compose(
  environment: Readonly<Record<string, string>>,
): z.infer<typeof Compose>['services']['gateway'] {
  return Compose.parse(parse(interpolate(read('compose.yaml'), environment))).services.gateway
}

describe('compose.yaml', () => {
  test('publishes the port, mounts the keys file and hands on the limits, as set by whoever starts it', () => {
    const gateway = compose({ GATEWAY_PORT: '3000', KEYS_FILE_PATH: '/etc/gateway/keys.json' })
    expect(gateway.ports).toEqual(['3000:8080'])
    expect(gateway.volumes[0]).toEqual({
      type: 'bind',
      source: '/etc/gateway/keys.json',
      target: '/app/keys.json',
      read_only: true,
      bind: { create_host_path: false },
    })
    expect(gateway.environment).toEqual(expect.arrayContaining(['MAX_REQUESTS_PER_HOUR', 'REQUEST_TIMEOUT']))
  })

  test('does without any setting', () => {
    const gateway = compose({})
    expect(gateway.ports).toEqual(['8080:8080'])
    expect(gateway.volumes[0]).toMatchObject({ source: './keys.json' })
  })

  test('keeps the port and the paths inside the container as the image has them', () => {
    const names = compose({}).environment
    expect(names.filter((name) => /PORT|PATH|HOST|HOME|=/.test(name))).toEqual([])
  })

  test('keeps logs and data in volumes, all else read-only', () => {
    const gateway = compose({})
    expect(gateway.volumes.slice(1)).toEqual(['logs:/app/logs', 'data:/app/data'])
    expect(gateway.read_only).toBe(true)
    expect(gateway.build).toBe('.')
  })
})

/** Dockerfile to its instructions, continued lines joined, comments left out. */
function instructions(): { name: string; value: string }[] {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', value: line.slice(line.indexOf(' ') + 1) }))
}

function lastStage(): { name: string; value: string }[] {
  const all = instructions()
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}

describe('Dockerfile', () => {
  test('every stage is on the Node.js version that the clone pins', () => {
    const pinned = z
      .object({ devDependencies: z.object({ node: z.string() }) })
      .parse(JSON.parse(read('package.json')))
    const major = pinned.devDependencies.node.split('.')[0]
    const bases = instructions().filter(({ name }) => name === 'FROM')
    expect(bases.map(({ value }) => value.split(' ')[0])).toEqual(bases.map(() => `node:${major}-slim`))
  })

  test('the gateway runs as a user without rights, and nothing after that is done as root', () => {
    const names = lastStage().map(({ name }) => name)
    expect(lastStage().filter(({ name }) => name === 'USER')).toEqual([{ name: 'USER', value: 'node' }])
    expect(names.lastIndexOf('RUN')).toBeLessThan(names.indexOf('USER'))
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('ENTRYPOINT'))
  })

  test('paths and address are those that users of the earlier images rely on', () => {
    const env = lastStage()
      .find(({ name }) => name === 'ENV')
      ?.value.split(/\s+/)
    expect(env).toEqual(
      expect.arrayContaining([
        'SERVER_HOST=0.0.0.0',
        'KEYS_FILE_PATH=/app/keys.json',
        'LOG_FILE_PATH=/app/logs/gateway.log',
        'LLM_GATEWAY_HOME=/app/data',
      ]),
    )
    expect(lastStage()).toContainEqual({ name: 'EXPOSE', value: '8080' })
  })

  test('no secret and no development package gets into the image', () => {
    const copies = lastStage().filter(({ name }) => name === 'COPY')
    expect(copies.filter(({ value }) => /^\.|keys/.test(value))).toEqual([])
    expect(instructions().find(({ value }) => value.includes('--omit=dev'))?.value).toContain(
      '--ignore-scripts',
    )
  })

  test('its health check tells a gateway that lives from one that does not', async () => {
    expect(await checkHealth(200)).toBe(0)
    expect(await checkHealth(503)).toBe(1)
  })
})

/** Runs the image's health check against a server that answers with this status, and gives its exit code. */
async function checkHealth(status: number): Promise<unknown> {
  const health = lastStage().find(({ name }) => name === 'HEALTHCHECK')?.value ?? ''
  const [, ...args] = z.array(z.string()).parse(JSON.parse(health.slice(health.indexOf('['))))
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health/live' ? status : 404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const check = spawn(process.execPath, args, { env: { SERVER_PORT: String(port) }, stdio: 'ignore' })
  const [code] = await once(check, 'exit')
  server.close()
  return code
}

test('.dockerignore lets nothing in but what is named, and keys.json nowhere', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines[0]).toBe('*')
  expect(lines.indexOf('**/keys.json')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('!')))
})
