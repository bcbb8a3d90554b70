import * as z from 'zod'
import { reference, shownInstant } from './fields.ts'

export const signInStartShape = z.strictObject({
  flow: z
    .enum(['code', 'device'])
    .optional()
    .meta({
      description:
        '`code`: a browser is sent to a page and comes back with a code. `device`: somebody types a code into a page on any device. ' +
        'The one that the provider has, unless given.',
    }),
})

const begun = {
  id: z.string().meta({ description: 'Of this sign-in, to complete it with.' }),
  expires_at: z.iso.datetime(),
  caution: z.string().nullable().meta({ description: 'To be shown before somebody signs in.' }),
}

/** A sign-in that was begun, and what somebody has to do now. */
export const begunSignInShape = z.discriminatedUnion('flow', [
  z.strictObject({
    flow: z.literal('code'),
    ...begun,
    url: z.string().meta({ description: 'To be opened in a browser.' }),
    redirect_uri: z.string().meta({ description: 'Where the browser comes to with the code.' }),
  }),
  z.strictObject({
    flow: z.literal('device'),
    ...begun,
    user_code: z.string().meta({ description: 'To be typed in there.' }),
    verification_uri: z.string(),
    verification_uri_complete: z.string().nullable().meta({ description: 'The same, code included.' }),
    interval_seconds: z.number().meta({ description: 'How often to ask whether it is complete.' }),
  }),
])

export const signInCompletionShape = z
  .strictObject({
    id: reference.optional().meta({ description: 'The sign-in; may be left out where the answer holds it.' }),
    answer: z.string().trim().min(1).max(10_000).optional().meta({
      description: 'The code, or the whole address that the browser was sent to. Not for `device`.',
    }),
  })
  .refine(({ id, answer }) => id !== undefined || answer !== undefined, {
    error: 'needs "answer", or "id" for a sign-in on another device',
  })

/** How it stands with an account's sign-in. */
export const signInShape = z.strictObject({
  account: z.string().meta({ description: 'Its id.' }),
  state: z.enum(['signed_in', 'expired', 'refresh_failed', 'signed_out', 'pending']).meta({
    description:
      '`pending`: nobody has agreed yet. `expired`: the next request refreshes the token. `refresh_failed`: somebody has to sign in again.',
  }),
  expires_at: shownInstant.meta({ description: 'When the access token ends.' }),
  refreshed_at: shownInstant,
  failure: z.string().nullable(),
  retry_after_seconds: z.number().optional().meta({ description: 'While pending: when to ask again.' }),
})

export type SignInStart = z.output<typeof signInStartShape>
export type BegunSignIn = z.output<typeof begunSignInShape>
export type SignInCompletion = z.output<typeof signInCompletionShape>
export type SignInView = z.output<typeof signInShape>
