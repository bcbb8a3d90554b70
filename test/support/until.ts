/** Resolves with the first truthy value of `look`, which is asked again every 20 ms. Rejects after ten seconds. */
export async function until<Value>(look: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  const giveUpAt = Date.now() + 10_000
  for (;;) {
    const value = await look()
    if (value) return value
    if (Date.now() > giveUpAt) throw new Error(`It did not come to pass: ${look.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
