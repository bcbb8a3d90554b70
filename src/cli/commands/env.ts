import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import type { EnvOptions, NameFlag, ProxyFlags } from '../env-settings.ts'

export function defineEnv(program: Command, context: CliContext): void {
  const env = program
    .command('env')
    .description('proxies towards providers, in the config file')
    .addHelpText('after', '\nExample:\n  llm-gateway env set --https-proxy=http://proxy:8080')
  withConfig(env.command('list'))
    .description('every proxy setting in effect, and who made it')
    .addHelpText('after', '\nExample:\n  llm-gateway env list')
    .action(async (_options: unknown, command: Command) => {
      const { listProxies } = await import('../env-settings.ts')
      await listProxies(context, command.optsWithGlobals<EnvOptions>())
    })
  withConfig(env.command('set'))
    .description('write proxy settings into the config file; its comments stay')
    .option('--http-proxy <url>', 'the proxy towards http:// providers')
    .option('--https-proxy <url>', 'the proxy towards https:// providers')
    .option('--no-proxy <list>', 'hosts that are reached without a proxy')
    .addHelpText(
      'after',
      '\nExample:\n  llm-gateway env set --https-proxy=http://proxy:8080 --no-proxy=localhost,.internal',
    )
    .action(async (_options: unknown, command: Command) => {
      const { setProxies } = await import('../env-settings.ts')
      await setProxies(context, command.optsWithGlobals<EnvOptions & ProxyFlags>())
    })
  withName(withConfig(env.command('show')))
    .description('one proxy setting in effect')
    .addHelpText('after', '\nExample:\n  llm-gateway env show --name=http_proxy')
    .action(async (_options: unknown, command: Command) => {
      const { showProxy } = await import('../env-settings.ts')
      await showProxy(context, command.optsWithGlobals<EnvOptions & NameFlag>())
    })
  withName(withConfig(env.command('unset')))
    .description('take a proxy setting out of the config file')
    .addHelpText('after', '\nExample:\n  llm-gateway env unset --name=http_proxy')
    .action(async (_options: unknown, command: Command) => {
      const { unsetProxy } = await import('../env-settings.ts')
      await unsetProxy(context, command.optsWithGlobals<EnvOptions & NameFlag>())
    })
}

function withConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'the config file')
}

function withName(command: Command): Command {
  return command.option('--name <name>', 'http_proxy, https_proxy or no_proxy')
}
