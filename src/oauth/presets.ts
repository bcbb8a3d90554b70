import type { OAuthSettings } from './oauth-settings.ts'

/** A provider's sign-in, and what whoever uses it should know first. */
export type OAuthPreset = Partial<OAuthSettings> & {
  readonly title: string
  /** Shown before somebody signs in. */
  readonly caution: string
  /** Where the API is reached with these tokens, where that is not the provider's usual address. */
  readonly baseUrl?: string
}

/**
 * A Claude subscription, as Claude Code signs in to it. The endpoints are not documented; they were read from that program, and move.
 * @see https://github.com/robinebers/openusage/blob/main/docs/providers/claude.md
 * @see https://code.claude.com/docs/en/legal-and-compliance (what such tokens may be used for)
 */
const anthropic = {
  title: 'Claude subscription (Claude Code)',
  caution:
    'Anthropic intends these tokens for Claude Code and its own apps; using them through a gateway may be against its terms, above all for ' +
    'several people. An API key is the supported way: https://code.claude.com/docs/en/legal-and-compliance',
  authorizationEndpoint: 'https://claude.ai/oauth/authorize',
  tokenEndpoint: 'https://platform.claude.com/v1/oauth/token',
  clientId: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
  scopes: ['user:profile', 'user:inference', 'user:sessions:claude_code'],
  redirectUri: 'https://platform.claude.com/oauth/code/callback',
  loopbackHost: 'localhost',
  // makes the page at the redirect URI show the code
  authorizationParameters: { code: 'true' },
  tokenRequestFormat: 'json',
  sendsState: true,
  listHeaders: { 'anthropic-beta': 'oauth-2025-04-20' },
} satisfies OAuthPreset

/**
 * A Qwen account, as Qwen Code signs in to it.
 * @see https://github.com/QwenLM/qwen-code/blob/main/packages/core/src/qwen/qwenOAuth2.ts
 * @see https://github.com/QwenLM/qwen-code/issues/3203 (the end of the free tier)
 */
const qwen = {
  title: 'Qwen account (Qwen Code)',
  caution:
    'Qwen ended the free tier behind this sign-in on 15 April 2026, and may refuse new ones. It is meant for Qwen Code; using it through a ' +
    'gateway may be against its terms. An API key is the supported way: https://github.com/QwenLM/qwen-code/issues/3203',
  tokenEndpoint: 'https://chat.qwen.ai/api/v1/oauth2/token',
  deviceAuthorizationEndpoint: 'https://chat.qwen.ai/api/v1/oauth2/device/code',
  clientId: 'f0304373b74a44d2b584a3fb70ca9e56',
  scopes: ['openid', 'profile', 'email', 'model.completion'],
  baseUrl: 'https://portal.qwen.ai/v1',
} satisfies OAuthPreset

/** By provider id. */
export const PRESETS: Readonly<Record<string, OAuthPreset>> = { anthropic, qwen }
