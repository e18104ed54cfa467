import { z } from 'zod';
import { DAY_SECONDS } from './durations.ts';
import { flag, group, oneOf, text, whole } from './fields.ts';
import { type FunctionName, ROUTES } from './types.ts';

/**
 * What an environment may be: the one source of its types (`types.ts`), of what is refused (`validate.ts`)
 * and of the tables in the docs (`infra/docs`). How fields must fit each other stands in `rules.ts`.
 */

/** HTTP APIs wait 30 s at most, so a longer function would answer nobody. */
const API_TIMEOUT = 'an HTTP API waits 30 s at most';
const ACCOUNT_DEFAULT = "the account's default limit";
/** SQS takes 1 MiB a message, of which the envelope and attributes may need 16 KiB. */
const LARGEST_EVENT_BYTES = 1024 * 1024 - 16 * 1024;
/** For a claim, a settlement and giving back: 3 × PATIENCE of functions/worker/src/main.rs. */
const LEAST_RESERVE_MILLISECONDS = 2400;
const LONGEST_RETENTION_DAYS = 13;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const NAME_FORM = 'a letter, then up to 19 of a-z, 0-9 and -';
const name = text(
  (given) => /^[a-z][a-z0-9-]{0,19}$/.test(given),
  `does not fit in resource names; use ${NAME_FORM}`,
  NAME_FORM,
).meta({ description: "part of every resource's name" });

/**
 * No `*` anywhere: AWS reads `*`, `https://*` and `http://*` as every origin, so that a page of anyone's could
 * call the API (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html).
 */
const origin = text(
  (given) => /^https?:\/\/[^*]+$/.test(given) && URL.canParse(given) && new URL(given).origin === given,
  'is no origin; list the origins, each as https://host or https://host:port, without *',
  'https://host or https://host:port',
);

function sizing(shortestSeconds: number, longestSeconds: number, because: string) {
  return group({
    timeoutSeconds: whole(shortestSeconds, longestSeconds, because, 'how long one invocation may take'),
    memoryMegabytes: whole(128, 10_240, "Lambda's limits", 'memory; the CPU grows with it'),
  });
}

const functions = group({
  // PATIENCE of functions/ingest/src/main.rs, the time-outs of its config.rs, and a second to answer 503.
  ingest: sizing(5, 29, `SQS may take 3 s, the table 0.65 s; ${API_TIMEOUT}`),
  // Under that not even LEAST_RESERVE_MILLISECONDS is half of it.
  worker: sizing(5, 900, "half of it holds the least reserve, 2.4 s; Lambda's limit"),
  // PATIENCE of functions/query/src/main.rs, whose calls run side by side, and a second to answer 503.
  query: sizing(5, 29, `AWS may take 4 s; ${API_TIMEOUT}`),
} satisfies Record<FunctionName, z.ZodType>);

const queue = group({
  kind: oneOf(
    ['standard', 'fifo'],
    'whether the events of a group are done in the order they came; both queues are of it, and keep it once deployed',
  ),
  visibilityTimeoutSeconds: whole(
    1,
    43_200,
    "SQS's limit",
    "how long a message taken is hidden; at least 6 × the worker's timeout + the batching window",
  ),
  retentionDays: whole(
    1,
    LONGEST_RETENTION_DAYS,
    'the DLQ must keep messages longer',
    'how long the main queue keeps a message',
  ),
  deadLetterRetentionDays: whole(
    1,
    14,
    "SQS's limit",
    'how long the dead-letter queue does, counted from the first enqueue; longer than `retentionDays`',
  ),
  maxReceiveCount: whole(
    100,
    1000,
    'fewer dead-letters what was handed back',
    "SQS's backstop, for what no worker can read; hand-backs count, so the more the better. The worker dead-letters by itself",
  ),
});

const worker = group({
  batchSize: whole(
    1,
    10_000,
    "Lambda's limit",
    'messages of one invocation, at most; over 10 needs a batching window, and a standard queue',
  ),
  batchingWindowSeconds: whole(0, 300, "Lambda's limit", 'how long a batch is gathered; 0 with a FIFO queue'),
  maximumConcurrency: whole(
    2,
    1000,
    "Lambda's limits",
    'invocations side by side; pollers slow down instead of being throttled',
  ),
  maxAttempts: whole(
    1,
    50,
    'receives, hand-backs among them, end at `queue.maxReceiveCount`',
    'starts of processing before an event fails for good',
  ),
  backoffBaseSeconds: whole(
    1,
    900,
    'it is a first wait',
    'first wait between attempts; it doubles, with full jitter',
  ),
  backoffCapSeconds: whole(
    1,
    43_200,
    "SQS's limit of visibility",
    'longest wait, of a FIFO queue 60 s at most; × `expectedEventsPerSecond` under 60,000 messages in flight',
  ),
  deadlineReserveMilliseconds: whole(
    LEAST_RESERVE_MILLISECONDS,
    450_000,
    'three calls to AWS, half of the longest timeout',
    "nothing is started with less left of the invocation; at most half of the worker's timeout",
  ),
  completionLogPercent: whole(
    0,
    100,
    'it is a percentage',
    'share of completions that get a log line; failures and retries always do',
  ),
});

const ingest = group({
  resendAfterSeconds: whole(
    1,
    LONGEST_RETENTION_DAYS * DAY_SECONDS,
    'after the retention the message is gone',
    'an unfinished event this old is sent again when posted again; within `queue.retentionDays`',
  ),
  maxEventBytes: whole(
    1,
    LARGEST_EVENT_BYTES,
    'SQS takes 1 MiB with the envelope',
    'largest event taken, in bytes of its JSON',
  ),
});

function throttle(of: string) {
  return group({
    ratePerSecond: whole(1, 10_000, ACCOUNT_DEFAULT, `requests per second, over time, of ${of}`),
    burst: whole(1, 5000, ACCOUNT_DEFAULT, `requests at once of ${of}`),
  });
}

const api = group({
  throttling: group({
    default: throttle('each route that `routes` does not name'),
    routes: z.partialRecord(z.enum(ROUTES), throttle(`one of ${ROUTES.join(', ')}`)),
  }),
  corsAllowOrigins: z
    .array(origin)
    .meta({ description: 'browser origins that may call the API; none: no CORS answers at all' }),
});

function kind<Kind extends 'local' | 'cloud'>(value: Kind) {
  return z
    .literal(value)
    .meta({ form: "'local' or 'cloud'", description: 'the local cloud, or an AWS account' });
}

const common = {
  name,
  access: oneOf(
    ['none', 'iam'],
    "who may call the producers' routes: anyone, or callers whose AWS signature IAM accepts",
  ),
  functions,
  queue,
  worker,
  ingest,
  api,
  expectedEventsPerSecond: whole(1, 100_000, 'it sizes the queue', 'what the environment is sized for'),
  faultInjection: oneOf(
    ['allowed', 'off'],
    'whether `docs/FAULTS.md` applies: faults on demand, for tests and drills',
  ),
  faultCacheSeconds: whole(
    1,
    60,
    'an operator waits for it',
    'how old what a function knows of the failure parameter may be; where faults are allowed',
  ),
  logRetentionDays: oneOf(LOG_RETENTION_DAYS, "how long the functions' logs and the access log are kept"),
  retainData: flag('queues, table, bus and logs outlive the stack'),
  terminationProtection: flag('the stack cannot be removed'),
};

export const localSchema = group({ kind: kind('local'), ...common });

export const cloudSchema = group({
  kind: kind('cloud'),
  ...common,
  allowPublicAccess: z
    .literal(true)
    .meta({
      form: 'true; leave it out otherwise',
      description:
        "`access: 'none'` opens the account's queue to the internet: in the cloud it is said twice",
    })
    .optional(),
});
