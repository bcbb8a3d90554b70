import type { FastifyInstance } from 'fastify'

/** Remembers the routes that are registered from here on. Returns what tells the methods that a path takes. */
export function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const methods = new Map<string, { readonly form: RegExp; readonly names: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? { form: formOf(url), names: new Set() }
    for (const name of [method].flat()) known.names.add(name)
    methods.set(url, known)
  })
  return (path) => {
    const fitting = [...methods.values()].filter(({ form }) => form.test(path))
    return [...new Set(fitting.flatMap(({ names }) => [...names]))].sort()
  }
}

/** `/keys/:id` as a pattern for whole paths. */
function formOf(url: string): RegExp {
  const pattern = url
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/:\w+/g, '[^/]+')
    .replaceAll('*', '.*')
  return new RegExp(`^${pattern}/?$`)
}
