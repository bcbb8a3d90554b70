import { expect, onTestFinished, test } from 'vitest'
import { run } from '../support/cli.ts'
import { describeEngines } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

// What a command changes, a gateway that runs notices by itself: within a second, as promised; a slow machine gets longer here.

describeEngines((engine) => {
  test('a key that is revoked on the command line is refused by the gateway that runs', async () => {
    const { url: databaseUrl } = await engine.locate()
    const environment: Record<string, string> = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }
    const gateway = await startGateway({ demo: false, environment })
    onTestFinished(() => gateway.close())
    const at = { workingDirectory: gateway.folder, homeDirectory: gateway.folder }
    const call = async (line: string) => {
      const result = await run(line.split(' '), {
        ...at,
        environment: { LLM_GATEWAY_HOME: gateway.folder, ...environment },
      })
      expect(result).toMatchObject({ code: 0 })
      return result.stdout.trim()
    }
    const statusOf = async (key: string) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'simulated', messages: [{ role: 'user', content: 'Hi' }] }),
      })
      await response.arrayBuffer()
      return response.status
    }
    const becomes = (key: string, status: number) => until(async () => (await statusOf(key)) === status)

    await call(
      `upstream add --provider simulated --name sim --key sk-of-the-test --base-url ${gateway.simulator.url}`,
    )
    const keys = [await call('apikey add --name one --quiet'), await call('apikey add --name two --quiet')]
    const [one = '', two = ''] = keys
    for (const key of keys) await becomes(key, 200)
    await call('apikey disable one')
    await becomes(one, 401)
    await call('apikey enable one')
    await becomes(one, 200)
    await call('apikey remove two')
    await becomes(two, 401)
    const renewed = await call('apikey rotate one --quiet')
    await becomes(one, 401)
    await becomes(renewed, 200)
  })
})
