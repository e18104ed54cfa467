import { DAY_SECONDS } from './durations.ts';
import { InputError } from './input-error.ts';
import { type EnvironmentConfig, FUNCTIONS } from './types.ts';

/** Refuses a configuration with everything that is wrong in it, field by field. */
export function assertValid(config: EnvironmentConfig): void {
  const found = problems(config);
  if (found.length > 0) {
    throw new InputError(
      `environment '${config.name}' is not valid:\n${found.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/** One line per problem, each beginning with the field it is about. */
export function problems(config: EnvironmentConfig): string[] {
  return [
    ...nameProblems(config),
    ...accessProblems(config),
    ...rangeProblems(config),
    ...queueProblems(config),
    ...workerProblems(config),
    ...apiProblems(config),
    ...logProblems(config),
  ];
}

function nameProblems({ name }: EnvironmentConfig): string[] {
  return /^[a-z][a-z0-9-]{0,19}$/.test(name)
    ? []
    : [`name: '${name}' does not fit in resource names; use a letter, then up to 19 of a-z, 0-9 and -`];
}

function accessProblems(config: EnvironmentConfig): string[] {
  if (config.kind === 'local') return [];
  if (config.access === 'none' && config.allowPublicAccess !== true) {
    return [
      "access: 'none' lets anyone on the internet send events; choose 'iam', or add allowPublicAccess: true",
    ];
  }
  if (config.access !== 'none' && config.allowPublicAccess === true) {
    return [`allowPublicAccess: true contradicts access '${config.access}'; remove it`];
  }
  return [];
}

interface Range {
  readonly field: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly because: string;
}

/** HTTP APIs wait 30 s at most, so a longer function would answer nobody. */
const API_TIMEOUT = 'an HTTP API waits 30 s at most';
/** SQS takes 1 MiB a message, of which the envelope and attributes may need 16 KiB. */
const LARGEST_EVENT_BYTES = 1024 * 1024 - 16 * 1024;

function ranges({
  functions,
  queue,
  worker,
  ingest,
  api,
  expectedEventsPerSecond,
}: EnvironmentConfig): Range[] {
  const range = (field: string, value: number, from: number, to: number, because: string): Range => ({
    field,
    value,
    from,
    to,
    because,
  });
  return [
    range('functions.ingest.timeoutSeconds', functions.ingest.timeoutSeconds, 1, 29, API_TIMEOUT),
    range('functions.worker.timeoutSeconds', functions.worker.timeoutSeconds, 1, 900, "Lambda's limit"),
    range('functions.query.timeoutSeconds', functions.query.timeoutSeconds, 1, 29, API_TIMEOUT),
    ...FUNCTIONS.map((name) =>
      range(
        `functions.${name}.memoryMegabytes`,
        functions[name].memoryMegabytes,
        128,
        10_240,
        "Lambda's limits",
      ),
    ),
    range('queue.visibilityTimeoutSeconds', queue.visibilityTimeoutSeconds, 1, 43_200, "SQS's limit"),
    range('queue.retentionDays', queue.retentionDays, 1, 13, 'the DLQ must keep messages longer'),
    range('queue.deadLetterRetentionDays', queue.deadLetterRetentionDays, 1, 14, "SQS's limit"),
    range(
      'queue.maxReceiveCount',
      queue.maxReceiveCount,
      100,
      1000,
      'fewer dead-letters what was handed back',
    ),
    range('worker.batchSize', worker.batchSize, 1, 10_000, "Lambda's limit"),
    range('worker.batchingWindowSeconds', worker.batchingWindowSeconds, 0, 300, "Lambda's limit"),
    range('worker.maximumConcurrency', worker.maximumConcurrency, 2, 1000, "Lambda's limits"),
    range('worker.maxAttempts', worker.maxAttempts, 1, 50, 'receives, hand-backs among them, end at 100'),
    range('worker.backoffBaseSeconds', worker.backoffBaseSeconds, 1, 900, 'it is a first wait'),
    range('worker.backoffCapSeconds', worker.backoffCapSeconds, 1, 43_200, "SQS's limit of visibility"),
    range('worker.completionLogPercent', worker.completionLogPercent, 0, 100, 'it is a percentage'),
    range(
      'ingest.resendAfterSeconds',
      ingest.resendAfterSeconds,
      1,
      queue.retentionDays * DAY_SECONDS,
      'after the retention the message is gone',
    ),
    range(
      'ingest.maxEventBytes',
      ingest.maxEventBytes,
      1,
      LARGEST_EVENT_BYTES,
      'SQS takes 1 MiB with the envelope',
    ),
    range('api.ratePerSecond', api.ratePerSecond, 1, 10_000, "the account's default limit"),
    range('api.burst', api.burst, 1, 5000, "the account's default limit"),
    range('expectedEventsPerSecond', expectedEventsPerSecond, 1, 100_000, 'it sizes the queue'),
  ];
}

function rangeProblems(config: EnvironmentConfig): string[] {
  return ranges(config)
    .filter(({ value, from, to }) => !Number.isInteger(value) || value < from || value > to)
    .map(
      ({ field, value, from, to, because }) =>
        `${field}: ${value} is not a whole number from ${from} to ${to} (${because})`,
    );
}

function queueProblems({ queue, worker, functions }: EnvironmentConfig): string[] {
  const found: string[] = [];
  const timeout = functions.worker.timeoutSeconds;
  const window = worker.batchingWindowSeconds;
  // AWS asks for six timeouts (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html);
  // messages gathered during the window are hidden already while they wait.
  const least = 6 * timeout + window;
  if (queue.visibilityTimeoutSeconds < least) {
    const sum = window > 0 ? ` + batching window ${window} s` : '';
    found.push(
      `queue.visibilityTimeoutSeconds: ${queue.visibilityTimeoutSeconds} is under ` +
        `6 × worker timeout ${timeout} s${sum} = ${least} s; set at least ${least}`,
    );
  }
  if (queue.deadLetterRetentionDays <= queue.retentionDays) {
    found.push(
      `queue.deadLetterRetentionDays: ${queue.deadLetterRetentionDays} is not over queue.retentionDays ` +
        `${queue.retentionDays}; a message moved late would be deleted at once`,
    );
  }
  return found;
}

/** Under SQS's 120,000 messages in flight, half of it left for what is being worked on. */
const MOST_BACKING_OFF = 60_000;
/** Milliseconds for a claim, a settlement and giving back: 3 × PATIENCE of functions/worker/src/main.rs. */
const LEAST_RESERVE = 2400;

function workerProblems({ worker, functions, expectedEventsPerSecond }: EnvironmentConfig): string[] {
  const found: string[] = [];
  if (worker.batchSize > 10 && worker.batchingWindowSeconds === 0) {
    found.push(
      `worker.batchingWindowSeconds: 0 with worker.batchSize ${worker.batchSize}; over 10 needs at least 1`,
    );
  }
  if (worker.backoffBaseSeconds > worker.backoffCapSeconds) {
    found.push(
      `worker.backoffBaseSeconds: ${worker.backoffBaseSeconds} is over worker.backoffCapSeconds ${worker.backoffCapSeconds}`,
    );
  }
  const backingOff = worker.backoffCapSeconds * expectedEventsPerSecond;
  if (backingOff >= MOST_BACKING_OFF) {
    found.push(
      `worker.backoffCapSeconds: ${worker.backoffCapSeconds} × expectedEventsPerSecond ${expectedEventsPerSecond} = ` +
        `${backingOff} messages in flight if all fail; keep it under ${MOST_BACKING_OFF}`,
    );
  }
  const timeoutMilliseconds = functions.worker.timeoutSeconds * 1000;
  const reserve = worker.deadlineReserveMilliseconds;
  if (!Number.isInteger(reserve) || reserve < LEAST_RESERVE || reserve * 2 > timeoutMilliseconds) {
    found.push(
      `worker.deadlineReserveMilliseconds: ${reserve} is not a whole number from ${LEAST_RESERVE} ` +
        `(three calls to AWS) to ${timeoutMilliseconds / 2} (half of the worker's timeout)`,
    );
  }
  return found;
}

function apiProblems({ api }: EnvironmentConfig): string[] {
  return api.corsAllowOrigins
    .filter((origin) => !isOrigin(origin))
    .map(
      (origin) =>
        `api.corsAllowOrigins: '${origin}' is no origin; write it as https://host or https://host:port`,
    );
}

/** `*` is none: a browser page of anyone's could then call the API. */
function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function logProblems({ logRetentionDays }: EnvironmentConfig): string[] {
  return LOG_RETENTION_DAYS.includes(logRetentionDays)
    ? []
    : [`logRetentionDays: ${logRetentionDays} is not one of ${LOG_RETENTION_DAYS.join(', ')}`];
}
