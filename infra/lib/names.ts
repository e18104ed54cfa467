import type { EnvironmentConfig, FunctionName } from '../config/types.ts';

/** Physical names: fixed, so that logs, alarms and people find them, and carrying the environment's, so that two fit in one account. */
export interface Names {
  readonly stack: string;
  readonly mainQueue: string;
  readonly deadLetterQueue: string;
  readonly eventsTable: string;
  readonly eventBus: string;
  readonly api: string;
  readonly apiLogGroup: string;
  readonly queueKindParameter: string;
  readonly failureModeParameter: string;
  readonly function: (name: FunctionName) => string;
  readonly functionLogGroup: (name: FunctionName) => string;
}

export function namesOf({ name: environment, queue }: Pick<EnvironmentConfig, 'name' | 'queue'>): Names {
  const prefix = `sluice-${environment}`;
  // SQS demands the ending of a FIFO queue, and of no other.
  const ending = queue.kind === 'fifo' ? '.fifo' : '';
  return {
    stack: `Sluice-${environment}`,
    mainQueue: `${prefix}-main${ending}`,
    deadLetterQueue: `${prefix}-dlq${ending}`,
    eventsTable: `${prefix}-events`,
    eventBus: prefix,
    api: prefix,
    apiLogGroup: `/aws/apigateway/${prefix}`,
    queueKindParameter: `/sluice/${environment}/queue_kind`,
    failureModeParameter: `/sluice/${environment}/failure_mode`,
    function: (name) => `${prefix}-${name}`,
    functionLogGroup: (name) => `/aws/lambda/${prefix}-${name}`,
  };
}
