import type { CapabilityOverrides, ModelCapabilities } from '../ir/capabilities.ts'
import { capabilitiesOf } from '../providers/models/index.ts'
import type { Target } from '../routing/plan.ts'

/** What the model at a target accepts. The nearer to the request, the more it counts: model, provider, account, route. */
export function targetCapabilities(model: string, { account, route }: Target): ModelCapabilities {
  const known = { ...capabilitiesOf(model), ...account.provider.capabilities }
  return override(override(known, account.capabilities), route?.capabilities)
}

function override(known: ModelCapabilities, more: CapabilityOverrides | undefined): ModelCapabilities {
  if (more === undefined) return known
  return { ...known, ...more, thinking: { ...known.thinking, ...more.thinking } }
}
