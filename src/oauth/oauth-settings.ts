/** How one authorization server is asked for tokens. Everything but the endpoints and the client id has a sensible default. */
export interface OAuthSettings {
  /** Where people sign in, for the code flow. */
  readonly authorizationEndpoint?: string | undefined
  readonly tokenEndpoint: string
  /** Where a device flow begins. */
  readonly deviceAuthorizationEndpoint?: string | undefined
  /** Checked against `iss` in the answer to an authorization request, where it is set. */
  readonly issuer?: string | undefined
  /** A public client: there is no client secret. */
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Where a browser is sent if nothing listens on this machine: a page that shows the code to be pasted. */
  readonly redirectUri?: string | undefined
  /** Host and path of the redirect to this machine: `http://localhost:<port>/callback`. */
  readonly loopbackHost: 'localhost' | '127.0.0.1' | '[::1]'
  readonly loopbackPath: string
  /** Sent with every authorization request. */
  readonly authorizationParameters: Readonly<Record<string, string>>
  /** How the token endpoint wants its parameters. The standard is a form. */
  readonly tokenRequestFormat: 'form' | 'json'
  /** The token endpoint wants the `state` back together with the code. */
  readonly sendsState: boolean
  /** What the provider's API wants in headers that hold lists, besides what the client says there itself. */
  readonly listHeaders: Readonly<Record<string, string>>
}
