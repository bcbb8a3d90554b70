import { expect, test } from 'vitest'
import { load, problemsIn } from '../../test/support/config.ts'

const KEY = 'a'.repeat(64)
const file = (text: string) => ({ files: { 'config.yaml': text } })

test('what a model accepts is said of accounts and of routes, and only what is said counts', async () => {
  const { accounts, modelRoutes } = await load(
    file(`
upstream_accounts:
  - id: a
    provider: openai
    api_key: k
    capabilities:
      sampling: without-reasoning
      max_output_tokens: 4000
      native_schema: "no"
      thinking: { style: budget, efforts: "low, high", max_budget_tokens: 9000 }
  - { id: b, provider: openai, api_key: k }
model_routes: { routes: [{ source_model: m, capabilities: { chat_tools_with_reasoning: true } }] }`),
  )
  expect(accounts[0]?.capabilities).toEqual({
    sampling: 'without-reasoning',
    maxOutputTokens: 4000,
    nativeSchema: false,
    thinking: { style: 'budget', efforts: ['low', 'high'], maxBudgetTokens: 9000 },
  })
  expect(accounts[1]).not.toHaveProperty('capabilities')
  expect(modelRoutes.routes[0]?.capabilities).toEqual({ chatToolsWithReasoning: true })
})

test('a name or a word that nobody knows is refused', async () => {
  const account = (capabilities: string) =>
    file(`upstream_accounts: [{ id: a, provider: openai, api_key: k, capabilities: ${capabilities} }]`)
  expect(await problemsIn(account('{ samplng: "yes" }'))).toMatchObject([
    { path: 'upstream_accounts[0].capabilities.samplng', suggestion: 'sampling' },
  ])
  expect(await problemsIn(account('{ thinking: { style: budgets } }'))).toMatchObject([
    { path: 'upstream_accounts[0].capabilities.thinking.style', suggestion: 'budget' },
  ])
})

test('keys and routes may be strict; none is unless it says so', async () => {
  const keys = JSON.stringify({
    virtual_keys: {
      vk_exact: { provider: 'openai', api_key: 'k', strict: true },
      vk_plain: { provider: 'openai', api_key: 'k' },
    },
  })
  const yaml = `
gateway_keys: [{ id: g, key_hash: ${KEY}, strict: true, model_routes: { routes: [{ source_model: m, strict: true }] } }]
upstream_accounts: [{ id: a, provider: openai, api_key: k }]`
  const { virtualKeys } = await load({ files: { 'keys.json': keys, 'config.yaml': yaml } })
  expect(virtualKeys.map(({ strict }) => strict)).toEqual([true, true, false])
  expect(virtualKeys[0]?.modelRoutes?.routes[0]?.strict).toBe(true)
})
