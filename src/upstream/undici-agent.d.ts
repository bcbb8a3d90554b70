/** A part of undici by its file; the package types only its index. The version is pinned exactly. */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici'
}
