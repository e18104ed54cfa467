import { InputError } from '../config/input-error.ts';
import type { EnvironmentConfig, QueueKind } from '../config/types.ts';
import { namesOf } from './names.ts';

/**
 * Refuses to turn an environment's deployed queues into the other kind, in plain words and before anything is
 * done; the template refuses it too (`constructs/queues.ts`), for whoever deploys without `make`.
 */
export function keepKind(config: EnvironmentConfig, deployedQueueUrl: string): void {
  const deployed: QueueKind = deployedQueueUrl.endsWith('.fifo') ? 'fifo' : 'standard';
  const { kind } = config.queue;
  if (kind === deployed) return;
  throw new InputError(
    `queue.kind: '${kind}', but ${namesOf(config).stack} is deployed with ${deployed} queues, and new ones in their place ` +
      `would leave behind what these hold; set queue.kind: '${deployed}', or make an environment of another name for ${kind}`,
  );
}
