import { describe, expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { addressOf } from '../providers/address.ts'
import { anthropic } from '../providers/anthropic.ts'
import { deepseek } from '../providers/deepseek.ts'
import { groq } from '../providers/groq.ts'
import { openai } from '../providers/openai.ts'
import type { Provider } from '../providers/provider.ts'
import type { Account } from './account.ts'
import { type ModelRoute, type PlanRequest, planTargets, type RouteTable } from './plan.ts'

function account(id: string, provider: Provider, more: Partial<Account> = {}): Account {
  const { dialects } = provider
  const known = { id, name: `${id}-name`, provider, address: addressOf(provider), secret: 's', dialects }
  const rest = {
    credential: undefined,
    headers: {},
    models: undefined,
    priority: 0,
    weight: 1,
    isPublicOnly: false,
  }
  return { ...known, ...rest, isActive: true, ...more }
}

function route(sourceModel: string, more: Partial<ModelRoute> = {}): ModelRoute {
  const base = { targetModel: undefined, targetProvider: undefined, priority: 0, isEnabled: true }
  return { ...base, sourceModel, ...more }
}

const ACCOUNTS = [
  account('o1', openai),
  account('o2', openai),
  account('a1', anthropic),
  account('d1', deepseek),
]
const NO_ROUTES: RouteTable = { routes: [], defaultBehavior: 'passthrough' }

/** `account:model` of each target. */
function plan(
  request: Partial<PlanRequest>,
  routes: readonly ModelRoute[] = [],
  accounts = ACCOUNTS,
): string[] {
  const whole: PlanRequest = {
    model: undefined,
    family: 'openai',
    providerId: undefined,
    pinned: undefined,
    ...request,
  }
  return planTargets(whole, accounts, { ...NO_ROUTES, routes }).map(
    (target) => `${target.account.id}:${target.model}`,
  )
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error)
  }
  return undefined
}

describe('a routed key', () => {
  test('goes by the model’s name', () => {
    expect(plan({ model: 'gpt-5' })).toEqual(['o1:gpt-5', 'o2:gpt-5'])
    expect(plan({ model: 'claude-5' })).toEqual(['a1:claude-5'])
  })

  test.each(['openai', 'o1', 'o1-name'])('goes by the prefix %s, which is taken off', (prefix) => {
    expect(plan({ model: `${prefix}/some-model` })[0]).toBe('o1:some-model')
  })

  test('keeps a slash that names no provider', () => {
    const listed = [account('l1', openai, { models: ['meta/*'] })]
    expect(plan({ model: 'meta/llama' }, [], listed)).toEqual(['l1:meta/llama'])
  })

  test('means a name as a whole that an account lists, or that is the provider’s own', () => {
    const own = account('g1', groq)
    expect(plan({ model: 'groq/compound' }, [], [own])).toEqual(['g1:groq/compound'])
    expect(plan({ model: 'groq/groq/compound' }, [], [own])).toEqual(['g1:groq/compound'])
    expect(plan({ model: 'groq/llama-3' }, [], [own])).toEqual(['g1:llama-3'])
    const listing = account('g2', groq, { models: ['openai/gpt-oss-120b'] })
    const accounts = [...ACCOUNTS, listing]
    expect(plan({ model: 'openai/gpt-oss-120b' }, [], accounts)).toEqual(['g2:openai/gpt-oss-120b'])
    expect(plan({ model: 'openai/gpt-5' }, [], accounts)).toEqual(['o1:gpt-5', 'o2:gpt-5'])
  })

  test('goes by the family where there is no model, and by the path where that names a provider', () => {
    expect(plan({ family: 'anthropic' })).toEqual(['a1:undefined', 'd1:undefined'])
    expect(plan({ model: 'gpt-5', providerId: 'deepseek' })).toEqual(['d1:gpt-5'])
  })

  test('passes over accounts that are disabled or not for this model', () => {
    const accounts = [
      account('off', openai, { isActive: false }),
      account('other', openai, { models: ['gpt-4*'] }),
      account('fits', openai, { models: ['gpt-5'] }),
    ]
    expect(plan({ model: 'gpt-5' }, [], accounts)).toEqual(['fits:gpt-5'])
  })

  test('is told which providers there are where none fits', () => {
    expect(codeOf(() => plan({ model: 'unheard-of' }))).toBe('model_not_found')
    expect(() => plan({ model: 'unheard-of' })).toThrow(/openai, anthropic, deepseek/)
  })
})

describe('routes', () => {
  test('rename the model and choose the provider', () => {
    const routes = [
      route('fast', { targetModel: 'gpt-5-mini' }),
      route('deep', { targetProvider: 'deepseek' }),
    ]
    expect(plan({ model: 'fast' }, routes)[0]).toBe('o1:gpt-5-mini')
    expect(plan({ model: 'deep' }, routes)).toEqual(['d1:deep'])
  })

  test('exact before prefix, long prefix before short, priority before all', () => {
    const to = (targetModel: string, more = {}) => ({ targetProvider: 'openai', targetModel, ...more })
    const routes = [
      route('*', to('any')),
      route('a*', to('short')),
      route('ab*', to('long')),
      route('abc', to('exact')),
    ]
    expect(plan({ model: 'abc' }, routes)[0]).toBe('o1:exact')
    expect(plan({ model: 'abd' }, routes)[0]).toBe('o1:long')
    expect(plan({ model: 'ax' }, routes)[0]).toBe('o1:short')
    expect(plan({ model: 'x' }, routes)[0]).toBe('o1:any')
    const urgent = route('*', to('urgent', { priority: 1 }))
    expect(plan({ model: 'abc' }, [...routes, urgent])[0]).toBe('o1:urgent')
    expect(plan({ model: 'abc' }, [...routes, { ...urgent, isEnabled: false }])[0]).toBe('o1:exact')
  })

  test('name an account in any letter case, as configuration keeps such names in lower case', () => {
    const accounts = [account('up_1', openai, { name: 'Work' })]
    expect(plan({ model: 'fast' }, [route('fast', { targetProvider: 'work' })], accounts)).toEqual([
      'up_1:fast',
    ])
  })

  test('that lead to nobody are told to the client, with the provider', () => {
    const routes = [route('fast', { targetProvider: 'nosuch' })]
    expect(codeOf(() => plan({ model: 'fast' }, routes))).toBe('model_not_found')
    expect(() => plan({ model: 'fast' }, routes)).toThrow(/route.*"fast".*"nosuch".*openai, anthropic/)
    expect(() => plan({ model: 'fast' }, routes)).not.toThrow(/add a route/)
    const renaming = [route('fast', { targetModel: 'unheard-of' })]
    expect(() => plan({ model: 'fast' }, renaming)).toThrow(/route.*"fast".*"unheard-of"/)
  })

  test('may be the only way', () => {
    const table = { routes: [route('mine', { targetModel: 'gpt-5' })], defaultBehavior: 'reject' } as const
    const request = { family: 'openai', providerId: undefined, pinned: undefined } as const
    expect(planTargets({ ...request, model: 'mine' }, ACCOUNTS, table)).toHaveLength(2)
    expect(codeOf(() => planTargets({ ...request, model: 'gpt-5' }, ACCOUNTS, table))).toBe('model_not_found')
  })
})

describe('a pinned key', () => {
  test('goes where it is bound, whatever the model and the routes', () => {
    const routes = [route('*', { targetProvider: 'openai' })]
    expect(plan({ model: 'gpt-5', pinned: account('a1', anthropic) }, routes)).toEqual(['a1:gpt-5'])
  })

  test('may not go elsewhere, nor to a disabled account', () => {
    const pinned = account('a1', anthropic)
    expect(codeOf(() => plan({ pinned, providerId: 'openai' }))).toBe('permission_denied')
    expect(codeOf(() => plan({ pinned: { ...pinned, isActive: false } }))).toBe('permission_denied')
  })
})
