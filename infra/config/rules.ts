import { DAY_SECONDS } from './durations.ts';
import type { EnvironmentConfig } from './types.ts';

/** How fields that are right by themselves do not fit each other: one line each, beginning with a field. */
export function brokenRules(config: EnvironmentConfig): string[] {
  return RULES.map((rule) => rule(config)).filter((problem) => problem !== undefined);
}

type Rule = (config: EnvironmentConfig) => string | undefined;

const publicAccess: Rule = (config) => {
  if (config.kind === 'local') return undefined;
  if (config.access === 'none' && !config.allowPublicAccess) {
    return "access: 'none' lets anyone on the internet send events; choose 'iam', or add allowPublicAccess: true";
  }
  if (config.access !== 'none' && config.allowPublicAccess) {
    return `allowPublicAccess: true contradicts access '${config.access}'; remove it`;
  }
  return undefined;
};

/**
 * AWS asks for six timeouts (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html);
 * messages gathered during the window are hidden already while they wait.
 */
const visibility: Rule = ({ queue, worker, functions }) => {
  const timeout = functions.worker.timeoutSeconds;
  const window = worker.batchingWindowSeconds;
  const least = 6 * timeout + window;
  if (queue.visibilityTimeoutSeconds >= least) return undefined;
  const sum = window > 0 ? ` + batching window ${window} s` : '';
  return (
    `queue.visibilityTimeoutSeconds: ${queue.visibilityTimeoutSeconds} is under ` +
    `6 × worker timeout ${timeout} s${sum} = ${least} s; set at least ${least}`
  );
};

const deadLetterRetention: Rule = ({ queue }) =>
  queue.deadLetterRetentionDays > queue.retentionDays
    ? undefined
    : `queue.deadLetterRetentionDays: ${queue.deadLetterRetentionDays} is not over queue.retentionDays ` +
      `${queue.retentionDays}; a message moved late would be deleted at once`;

const batchingWindow: Rule = ({ queue, worker }) =>
  queue.kind === 'standard' && worker.batchSize > 10 && worker.batchingWindowSeconds === 0
    ? `worker.batchingWindowSeconds: 0 with worker.batchSize ${worker.batchSize}; over 10 needs at least 1`
    : undefined;

/** What a FIFO queue can't do: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const fifoBatchSize: Rule = ({ queue, worker }) =>
  queue.kind === 'fifo' && worker.batchSize > 10
    ? `worker.batchSize: ${worker.batchSize} with queue.kind 'fifo', which hands over 10 at most; set 10 or fewer`
    : undefined;

const fifoBatchingWindow: Rule = ({ queue, worker }) =>
  queue.kind === 'fifo' && worker.batchingWindowSeconds > 0
    ? `worker.batchingWindowSeconds: ${worker.batchingWindowSeconds} with queue.kind 'fifo', which gathers no batches; set 0`
    : undefined;

/**
 * A message is received whenever one before it in its group goes back, and whenever one after it kills the process:
 * the backstop must not take it for what its neighbours do.
 */
const fifoReceives: Rule = ({ queue, worker }) => {
  const most = 2 * worker.maxAttempts * worker.batchSize;
  const passes = queue.kind === 'standard' || worker.batchSize > 10 || queue.maxReceiveCount >= most;
  if (passes) return undefined;
  return (
    `queue.maxReceiveCount: ${queue.maxReceiveCount} is under 2 × worker.maxAttempts ${worker.maxAttempts} × ` +
    `worker.batchSize ${worker.batchSize} = ${most}, the receives of a message among others that fail; set at least ${most}`
  );
};

const backoff: Rule = ({ worker }) =>
  worker.backoffBaseSeconds > worker.backoffCapSeconds
    ? `worker.backoffBaseSeconds: ${worker.backoffBaseSeconds} is over worker.backoffCapSeconds ${worker.backoffCapSeconds}`
    : undefined;

/** Under SQS's 120,000 messages in flight, half of it left for what is being worked on. */
const MOST_BACKING_OFF = 60_000;

/** A group stands still while its head waits, so the worker waits no longer in FIFO. */
const LONGEST_FIFO_WAIT_SECONDS = 60;

const messagesInFlight: Rule = ({ queue, worker, expectedEventsPerSecond }) => {
  const cap = worker.backoffCapSeconds;
  const longest = queue.kind === 'fifo' ? Math.min(cap, LONGEST_FIFO_WAIT_SECONDS) : cap;
  const backingOff = longest * expectedEventsPerSecond;
  if (backingOff < MOST_BACKING_OFF) return undefined;
  return (
    `worker.backoffCapSeconds: ${cap}${longest < cap ? `, in FIFO ${longest},` : ''} × expectedEventsPerSecond ${expectedEventsPerSecond} = ` +
    `${backingOff} messages in flight if all fail; keep it under ${MOST_BACKING_OFF}`
  );
};

const deadlineReserve: Rule = ({ worker, functions }) => {
  const half = (functions.worker.timeoutSeconds * 1000) / 2;
  const reserve = worker.deadlineReserveMilliseconds;
  if (reserve <= half) return undefined;
  return `worker.deadlineReserveMilliseconds: ${reserve} is over ${half}, half of the worker's timeout`;
};

const resendAfter: Rule = ({ ingest, queue }) => {
  const retention = queue.retentionDays * DAY_SECONDS;
  if (ingest.resendAfterSeconds <= retention) return undefined;
  return (
    `ingest.resendAfterSeconds: ${ingest.resendAfterSeconds} is over queue.retentionDays ` +
    `${queue.retentionDays} = ${retention} s; after that the message is gone`
  );
};

const RULES: readonly Rule[] = [
  publicAccess,
  visibility,
  deadLetterRetention,
  batchingWindow,
  fifoBatchSize,
  fifoBatchingWindow,
  fifoReceives,
  backoff,
  messagesInFlight,
  deadlineReserve,
  resendAfter,
];
