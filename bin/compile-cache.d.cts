export function compileCacheFolder(): string | undefined
