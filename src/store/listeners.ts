import type { OnError } from './store.ts'

/** Who wants to know of changes, and what makes sure that they are told. */
export interface Listeners {
  readonly add: (listener: () => void) => () => void
  readonly notify: () => void
}

/**
 * `start` is called with the first listener, and what it returns after the last has gone. It notifies at its beginning;
 * who comes later is called at once. Listeners that throw hurt nobody else.
 */
export function createListeners(start: () => () => void, onError: OnError): Listeners {
  const listeners = new Set<{ readonly call: () => void }>()
  let stop: (() => void) | undefined
  return {
    add: (call) => {
      const listener = { call }
      listeners.add(listener)
      if (stop === undefined) stop = start()
      else setImmediate(() => listeners.has(listener) && guarded(call, onError))
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop?.()
        stop = undefined
      }
    },
    notify: () => {
      for (const { call } of listeners) guarded(call, onError)
    },
  }
}

/** Runs it; what it throws goes to `onError`. */
function guarded(work: () => void, onError: OnError): void {
  try {
    work()
  } catch (error) {
    onError(error)
  }
}
