const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/**
 * A size as people write it, in whole bytes: a bare number is bytes, `10MB` counts in thousands, `32MiB` in 1024s.
 * Throws a `RangeError` for anything else; its message does not repeat the value.
 */
export function parseSize(value: string | number): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim())
  const unit = UNIT_BYTES[match?.[2]?.toLowerCase() ?? 'none']
  if (match === null || unit === undefined) {
    throw new RangeError(
      'must be a size: bytes (1048576), or a number and a unit ("32MiB", "10MB", "512KiB")',
    )
  }
  return Math.ceil(Number(match[1]) * unit)
}
