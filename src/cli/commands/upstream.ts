import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { parseHeader, parseList, parseNumber, parsePairs, parseText } from '../flag-values.ts'
import type { DeskOptions } from '../noun.ts'
import type { AccountFlags } from '../nouns/account-flags.ts'
import { parseSeconds } from '../parse-seconds.ts'
import type { TestOptions } from '../upstream-test.ts'
import { defineNounVerbs, withConfig } from './noun-verbs.ts'

export function defineUpstream(program: Command, context: CliContext): void {
  const upstream = program
    .command('upstream')
    .description('upstream accounts: what we present to providers')
    .addHelpText(
      'after',
      '\nExample:\n  llm-gateway upstream add --provider anthropic --name prod --key-stdin',
    )
  withFlags(
    withConfig(upstream.command('add'))
      .option(
        '--type <type>',
        'api-key, oauth, aws, google or azure (default: api-key, or what the provider takes)',
      )
      .option('--provider <id>', 'the provider, such as anthropic'),
  )
    .description('add an account at a provider; its credential is stored sealed')
    .option('--disabled', 'not to be used yet')
    .addHelpText('after', ADD_HELP)
    .action(async (_options: unknown, command: Command) => {
      const { addUpstream } = await import('../nouns/account.ts')
      await addUpstream(context, command.optsWithGlobals<DeskOptions & AccountFlags>())
    })
  const { list } = defineNounVerbs(upstream, context, {
    word: 'upstream',
    title: 'upstream account',
    argument: '<id-or-name>',
    example: 'prod',
    load: async () => (await import('../nouns/account.ts')).account,
  })
  list.option('--provider <id>', 'only those of a provider')
  withFlags(withConfig(upstream.command('edit')).argument('<id-or-name>', 'which upstream account'))
    .description('change an account; a new key takes the place of the old one')
    .addHelpText('after', EDIT_HELP)
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { changeUpstream } = await import('../nouns/account.ts')
      await changeUpstream(context, reference, command.optsWithGlobals<DeskOptions & AccountFlags>())
    })
  defineTest(upstream, context)
}

function defineTest(upstream: Command, context: CliContext): void {
  withConfig(upstream.command('test'))
    .argument('<id-or-name>', 'which upstream account')
    .description('ask it for a few tokens, and explain what is wrong; exit code 1 if it does not answer')
    .option('-m, --model <name>', 'the model to ask (default: a small one of the provider)')
    .option('--timeout <duration>', 'how long it may take', parseSeconds, 30_000)
    .addHelpText('after', '\nExample:\n  llm-gateway upstream test prod')
    .action(async (reference: string, _options: unknown, command: Command) => {
      const { testUpstream } = await import('../upstream-test.ts')
      await testUpstream(context, reference, command.optsWithGlobals<DeskOptions & TestOptions>())
    })
}

function withFlags(command: Command): Command {
  return command
    .option('--name <name>', 'unique among accounts')
    .option(
      '--key <key>',
      'the secret: an API key, or that of a cloud (AWS secret access key, Azure client secret)',
    )
    .option('--key-stdin', 'read the secret from standard input')
    .option('--key-file <file>', 'read the secret from a file (Google: the JSON of a service account)')
    .option('--base-url <url>', 'where it is reached (default: the provider’s own address)', parseText)
    .option(
      '--dialect <name>',
      'the one API format it speaks (default: every one of its provider)',
      parseText,
    )
    .option('--models <list>', 'the only models it is used for, `prefix*` allowed (default: all)', parseList)
    .option('--weight <number>', 'its share among accounts of the same priority', parseNumber)
    .option('--priority <number>', 'higher ones are used first', parseNumber)
    .option('--header <name: value>', 'sent with every request; may be given several times', parseHeader)
    .option('--region <name>', 'the region of AWS; elsewhere a tag for people', parseText)
    .option('--access-key-id <id>', 'AWS: an access key (default: found as AWS tools do)')
    .option('--profile <name>', 'AWS: a profile of ~/.aws')
    .option('--project <id>', 'Google: the project that pays')
    .option('--location <name>', 'Google: the region, or `global`')
    .option('--credentials-file <file>', 'Google: a file that stays where it is and is read at run time')
    .option('--tenant-id <id>', 'Azure: the tenant')
    .option('--client-id <id>', 'Azure: the application or the managed identity')
    .option(
      '--oauth-setting <name=value>',
      'oauth: overrides the provider’s sign-in, such as client_id=…',
      parsePairs,
    )
}

const ADD_HELP = `
On a terminal it asks for what is missing. --key='' is for an upstream that wants no key.

Examples:
  llm-gateway upstream add --provider=anthropic --name=prod --key-stdin < key.txt
  llm-gateway upstream add --type=oauth --provider=anthropic --name=claude-code
  llm-gateway upstream add --provider openai-compatible --name local --base-url http://127.0.0.1:8000/v1 --key=''
  llm-gateway upstream add --provider bedrock --name aws --region us-east-1`

const EDIT_HELP = `
What is not given stays. An empty value takes a setting away: --base-url ''.

Example:
  llm-gateway upstream edit prod --key-stdin < new-key.txt`
