import { fileURLToPath } from 'node:url'
import { type GatewayOptions, gatewayCommand, gatewayStartCommand, writeGatewayHome } from './gateway-home.ts'
import type { Command } from './launch.ts'
import { installPortkey } from './portkey.ts'
import type { Site } from './site.ts'
import { prepareStoredKey, storedKeyOf } from './stored-key.ts'
import { anthropicMessages, chat, type Workload } from './workload.ts'

/** What figures are about. */
export interface Subject {
  /** As `--target`, `--peer` and the JSON name it. */
  readonly name: string
  readonly title: string
  /** Name of the target whose figures are 1.0; its own for those that nothing is compared with. */
  readonly base: string
  readonly workload: Workload
  /** Peers are other people's gateways, fetched for the occasion. */
  readonly group: 'default' | 'optional' | 'peer'
}

/** One thing to measure. To add one is to add an entry below. */
export interface Target extends Subject {
  /** Sent with every request, besides the workload's own. */
  readonly headers: (site: Site) => Readonly<Record<string, string>>
  /** What to run. Rejects with a message for people where it cannot be had. */
  readonly prepare: (site: Site) => Promise<Command>
  /** What a user would run, where that is something else: for the time that it takes to start. */
  readonly prepareStart?: (site: Site) => Promise<Command>
}

const KEY = 'vk_bench_7d1f0c52a9e84b36'

/** The provider without anything in between. */
export function directTo(workload: Workload): Subject {
  const name = `direct-${workload.name}`
  return { name, title: `no proxy (${workload.name})`, base: name, workload, group: 'default' }
}

const bare = {
  name: 'bare',
  title: 'bare proxy',
  base: 'bare',
  workload: chat,
  headers: () => ({ authorization: `Bearer ${KEY}` }),
  prepare: async ({ port, upstream }) => ({
    args: [fileURLToPath(new URL('./bare-proxy.ts', import.meta.url)), String(port), upstream],
  }),
  group: 'default',
} as const satisfies Target

const gateway = {
  name: 'gateway',
  title: 'gateway',
  base: 'bare',
  workload: chat,
  headers: () => ({ authorization: `Bearer ${KEY}` }),
  prepare: async (site) => gatewayCommand(await writeGatewayHome(site, { key: KEY, ...COMPATIBLE })),
  prepareStart: async (site) =>
    gatewayStartCommand(await writeGatewayHome(site, { key: KEY, ...COMPATIBLE })),
  group: 'default',
} as const satisfies Target

const COMPATIBLE = { provider: 'openai-compatible', capture: 'keys-file' } as const

/** Chat Completions before an account that speaks only something else. */
function converting(
  name: string,
  title: string,
  account: Pick<GatewayOptions, 'provider' | 'dialect'>,
): Target {
  return {
    ...gateway,
    name,
    title: `gateway, Chat → ${title}`,
    prepare: async (site) =>
      gatewayCommand(await writeGatewayHome(site, { key: KEY, ...account, capture: 'none' })),
    group: 'optional',
  }
}

export const TARGETS: readonly Target[] = [
  bare,
  gateway,
  {
    ...gateway,
    name: 'gateway-no-capture',
    title: 'gateway, bodies not logged',
    prepare: async (site) =>
      gatewayCommand(await writeGatewayHome(site, { key: KEY, ...COMPATIBLE, capture: 'none' })),
  },
  { ...converting('to-messages', 'Messages', { provider: 'anthropic' }), group: 'default' },
  {
    ...gateway,
    name: 'stored-key',
    title: 'gateway, key in the store',
    headers: (site) => ({ authorization: `Bearer ${storedKeyOf(site)}` }),
    prepare: prepareStoredKey,
    group: 'optional',
  },
  converting('to-responses', 'Responses', { provider: 'openai', dialect: 'openai-responses' }),
  converting('to-gemini', 'Gemini', { provider: 'gemini' }),
  {
    ...bare,
    name: 'bare-pipe',
    title: 'bare proxy, pipe()',
    prepare: async (site) => {
      const { args } = await bare.prepare(site)
      return { args: [...args, 'pipe'] }
    },
    group: 'optional',
  },
  {
    ...bare,
    name: 'bare-anthropic',
    base: 'bare-anthropic',
    title: 'bare proxy, Messages',
    workload: anthropicMessages,
    group: 'optional',
  },
  {
    ...gateway,
    name: 'anthropic',
    title: 'gateway, Messages',
    base: 'bare-anthropic',
    workload: anthropicMessages,
    headers: () => ({ 'x-api-key': KEY }),
    prepare: async (site) =>
      gatewayCommand(await writeGatewayHome(site, { key: KEY, ...COMPATIBLE, provider: 'anthropic' })),
    group: 'optional',
  },
  {
    ...converting('messages-to-chat', '', COMPATIBLE),
    title: 'gateway, Messages → Chat',
    base: 'bare-anthropic',
    workload: anthropicMessages,
    headers: () => ({ 'x-api-key': KEY }),
  },
  {
    ...bare,
    name: 'portkey',
    title: 'Portkey gateway',
    headers: ({ upstream }) => ({
      authorization: `Bearer ${KEY}`,
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    }),
    prepare: installPortkey,
    group: 'peer',
  },
]

/** The default targets and those asked for by name, each with what it is compared with. Throws for a name that nobody has. */
export function chooseTargets(names: readonly string[]): Target[] {
  const wanted = new Set(TARGETS.filter(({ group }) => group === 'default').map(({ name }) => name))
  for (const name of names) {
    const target = TARGETS.find((each) => each.name === name)
    if (target === undefined) throw new Error(`There is no target "${name}". There are: ${namesOf(TARGETS)}.`)
    wanted.add(target.name).add(target.base)
  }
  return TARGETS.filter(({ name }) => wanted.has(name))
}

export function namesOf(targets: readonly Target[]): string {
  return targets.map(({ name }) => name).join(', ')
}
