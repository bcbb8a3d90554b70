import { GatewayError } from '../core/errors.ts'
import type { ClientCall } from './client-call.ts'

/** Jobs whose models stand in a file or a list of requests, where nobody looks: batches, and models trained from others. */
const JOBS = /\/(batches|fine_tuning\/jobs|fine-tuning\/jobs|fine_tunes|[^/]*:batchGenerateContent)\/?$/i

/** Throws `model_not_allowed` for a job that could reach any model, whatever its body says. `whose` names who is limited. */
export function refuseHiddenModels({ endpoint, method }: ClientCall, whose: string): void {
  if (method !== 'POST' || !JOBS.test(endpoint.path)) return
  const message = `${whose} is limited to certain models. A batch or a training job names its models in its own data, so it cannot be started here.`
  throw new GatewayError('model_not_allowed', message)
}
