import { expect, expectTypeOf, test } from 'vitest'
import type { CapabilitiesConfig } from '../config/capabilities.ts'
import type { CapabilityOverrides, ModelCapabilities } from '../ir/capabilities.ts'
import { addressOf } from '../providers/address.ts'
import { groq } from '../providers/groq.ts'
import type { ModelRoute, Target } from '../routing/plan.ts'
import { targetCapabilities } from './target-capabilities.ts'

test('configuration can say everything that there is to know of a model', () => {
  expectTypeOf<keyof CapabilitiesConfig>().toEqualTypeOf<keyof ModelCapabilities>()
  type Thinking = NonNullable<CapabilitiesConfig['thinking']>
  expectTypeOf<keyof Thinking>().toEqualTypeOf<keyof ModelCapabilities['thinking']>()
  expectTypeOf<CapabilitiesConfig>().toExtend<CapabilityOverrides>()
})

test('the nearer to the request, the more it counts', () => {
  const account = {
    id: 'g',
    name: 'g',
    provider: groq,
    address: addressOf(groq),
    secret: '',
    credential: undefined,
    headers: {},
    dialects: groq.dialects,
    models: undefined,
    priority: 0,
    weight: 1,
    isPublicOnly: false,
    isActive: true,
  }
  const target: Target = { account, model: 'gpt-5.4', dialects: groq.dialects }
  const route: ModelRoute = {
    sourceModel: '*',
    targetModel: undefined,
    targetProvider: undefined,
    priority: 0,
    isEnabled: true,
    capabilities: { prefill: true },
  }
  const known = targetCapabilities('gpt-5.4', target)
  // the provider's word against the model's
  expect(known.completionTokens).toBe(false)
  const capabilities = { prefill: false, completionTokens: true, thinking: { efforts: ['low'] as const } }
  const told = targetCapabilities('gpt-5.4', { ...target, account: { ...account, capabilities }, route })
  expect(told).toEqual({
    ...known,
    completionTokens: true,
    prefill: true,
    thinking: { ...known.thinking, efforts: ['low'] },
  })
})
