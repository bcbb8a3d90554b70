import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from './config.ts'

export interface WatchTiming {
  /** How long to wait for more events after the first. */
  readonly debounceMs: number
  /** Catches what no event tells: folders that did not exist yet, network mounts, links to other folders. */
  readonly pollMs: number
}

const TIMING: WatchTiming = { debounceMs: 50, pollMs: 5000 }

export interface WatchListeners {
  /** A new, valid configuration. Called once per change. */
  readonly onChange: (config: Config) => void
  /** The files changed and are not valid; the configuration of before goes on. */
  readonly onInvalid: (error: unknown) => void
}

/**
 * Loads again whenever the content of one of these files changes, appears or goes; afterwards it watches the files that
 * the new configuration names. Folders are watched rather than files, which sees atomic renames and swapped links too.
 */
export function watchConfig(
  files: readonly string[],
  load: () => Promise<Config>,
  listeners: WatchListeners,
  timing: WatchTiming = TIMING,
): { close(): void } {
  return new ConfigWatcher(files, load, listeners, timing)
}

class ConfigWatcher {
  readonly #load: () => Promise<Config>
  readonly #listeners: WatchListeners
  readonly #folders = new Map<string, FSWatcher>()
  readonly #debounceMs: number
  readonly #poll: NodeJS.Timeout
  #debounce: NodeJS.Timeout | undefined
  #files: readonly string[]
  /** By file. */
  #fingerprints: ReadonlyMap<string, string>
  #state: 'idle' | 'loading' | 'closed' = 'idle'

  constructor(
    files: readonly string[],
    load: () => Promise<Config>,
    listeners: WatchListeners,
    { debounceMs, pollMs }: WatchTiming,
  ) {
    this.#load = load
    this.#debounceMs = debounceMs
    this.#listeners = listeners
    this.#files = files
    this.#watchFolders() // before the first look at the content, so that no change falls between the two
    this.#fingerprints = fingerprintsOf(files)
    this.#poll = setInterval(() => {
      this.#watchFolders()
      this.#check()
    }, pollMs).unref()
  }

  close(): void {
    this.#state = 'closed'
    clearInterval(this.#poll)
    clearTimeout(this.#debounce)
    for (const watcher of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }

  #watchFolders(): void {
    const wanted = new Set(this.#files.map((file) => dirname(file)))
    for (const folder of this.#folders.keys()) if (!wanted.has(folder)) this.#unwatch(folder)
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watch(folder)
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#soon())
      watcher.on('error', () => this.#unwatch(folder)) // such as a deleted folder; the poll finds it again
      this.#folders.set(folder, watcher)
    } catch {
      // no such folder, or no watches left: the poll goes on
    }
  }

  #unwatch(folder: string): void {
    this.#folders.get(folder)?.close()
    this.#folders.delete(folder)
  }

  #soon(): void {
    if (this.#state === 'closed') return
    clearTimeout(this.#debounce)
    this.#debounce = setTimeout(() => this.#check(), this.#debounceMs)
  }

  #check(): void {
    if (this.#state !== 'idle') return
    const fingerprints = fingerprintsOf(this.#files)
    const isChanged = [...fingerprints].some(
      ([file, fingerprint]) => fingerprint !== this.#fingerprints.get(file),
    )
    if (!isChanged) return
    this.#fingerprints = fingerprints
    this.#state = 'loading'
    void this.#reload()
  }

  async #reload(): Promise<void> {
    try {
      const config = await this.#load()
      if (this.#isClosed()) return
      this.#follow(config.files)
      this.#listeners.onChange(config)
    } catch (error) {
      if (!this.#isClosed()) this.#listeners.onInvalid(error)
    }
    if (this.#isClosed()) return
    this.#state = 'idle'
    this.#soon() // what changed while we were loading
  }

  #follow(files: readonly string[]): void {
    this.#files = files
    this.#watchFolders()
    // those we watched already keep the fingerprint from before they were loaded
    this.#fingerprints = new Map([...fingerprintsOf(files), ...this.#fingerprints])
  }

  #isClosed(): boolean {
    return this.#state === 'closed'
  }
}

function fingerprintsOf(files: readonly string[]): Map<string, string> {
  return new Map(files.map((file) => [file, fingerprintOf(file)]))
}

/** A hash of a file's content, or the reason why it cannot be read. */
function fingerprintOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
  }
}
