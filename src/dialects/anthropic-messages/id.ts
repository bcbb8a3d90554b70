/** This dialect, as carriers, extras and hosted parts name it. */
export const ID = 'anthropic-messages'
