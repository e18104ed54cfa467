import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { local } from '../../config/local.ts';
import type { EnvironmentConfig } from '../../config/types.ts';
import { assertValid, problems } from '../../config/validate.ts';
import { changed } from '../support/changed.ts';

const API_TIMEOUT = 'an HTTP API waits 30 s at most';
const ACCOUNT_DEFAULT = "the account's default limit";
const NAME = 'does not fit in resource names; use a letter, then up to 19 of a-z, 0-9 and -';
const ORIGIN = 'is no origin; list the origins, each as https://host or https://host:port, without *';
const LOG_RETENTION =
  'one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653';

/** A field, and the first whole number on either side that it cannot have: what it must be is said of both. */
const LIMITS: ReadonlyArray<[field: string, from: number, to: number, because: string]> = [
  ['functions.ingest.timeoutSeconds', 5, 29, `SQS may take 3 s, the table 0.65 s; ${API_TIMEOUT}`],
  ['functions.worker.timeoutSeconds', 5, 900, "half of it holds the least reserve, 2.4 s; Lambda's limit"],
  ['functions.query.timeoutSeconds', 5, 29, `AWS may take 4 s; ${API_TIMEOUT}`],
  ['functions.ingest.memoryMegabytes', 128, 10_240, "Lambda's limits"],
  ['functions.worker.memoryMegabytes', 128, 10_240, "Lambda's limits"],
  ['functions.query.memoryMegabytes', 128, 10_240, "Lambda's limits"],
  ['queue.visibilityTimeoutSeconds', 1, 43_200, "SQS's limit"],
  ['queue.retentionDays', 1, 13, 'the DLQ must keep messages longer'],
  ['queue.deadLetterRetentionDays', 1, 14, "SQS's limit"],
  ['queue.maxReceiveCount', 100, 1000, 'fewer dead-letters what was handed back'],
  ['worker.batchSize', 1, 10_000, "Lambda's limit"],
  ['worker.batchingWindowSeconds', 0, 300, "Lambda's limit"],
  ['worker.maximumConcurrency', 2, 1000, "Lambda's limits"],
  ['worker.maxAttempts', 1, 50, 'receives, hand-backs among them, end at `queue.maxReceiveCount`'],
  ['worker.backoffBaseSeconds', 1, 900, 'it is a first wait'],
  ['worker.backoffCapSeconds', 1, 43_200, "SQS's limit of visibility"],
  ['worker.deadlineReserveMilliseconds', 2400, 450_000, 'three calls to AWS, half of the longest timeout'],
  ['worker.completionLogPercent', 0, 100, 'it is a percentage'],
  ['ingest.resendAfterSeconds', 1, 1_123_200, 'after the retention the message is gone'],
  ['ingest.maxEventBytes', 1, 1_032_192, 'SQS takes 1 MiB with the envelope'],
  ['api.throttling.default.ratePerSecond', 1, 10_000, ACCOUNT_DEFAULT],
  ['api.throttling.default.burst', 1, 5000, ACCOUNT_DEFAULT],
  ['expectedEventsPerSecond', 1, 100_000, 'it sizes the queue'],
];

for (const [field, from, to, because] of LIMITS) {
  test(`${field} is a whole number from ${from} to ${to}`, () => {
    for (const value of [from - 1, to + 1, from + 0.5, Number.NaN, Number.POSITIVE_INFINITY, null, true]) {
      assert.deepEqual(problems(changed(dev, field, value)), [
        `${field}: ${value} is not a whole number from ${from} to ${to} (${because})`,
      ]);
    }
    assert.deepEqual(problems(changed(dev, field, String(from))), [
      `${field}: '${from}' is text, not a whole number from ${from} to ${to} (${because})`,
    ]);
    assert.deepEqual(problems(changed(dev, field, undefined)), [
      `${field}: missing; set a whole number from ${from} to ${to} (${because})`,
    ]);
  });
}

const REFUSED: ReadonlyArray<[field: string, value: unknown, message: string]> = [
  ['kind', 'Cloud', "kind: 'Cloud' is not 'local' or 'cloud'"],
  ['kind', undefined, "kind: missing; set 'local' or 'cloud'"],
  ['name', 'Dev_1', `name: 'Dev_1' ${NAME}`],
  ['name', 'twenty-one-characters', `name: 'twenty-one-characters' ${NAME}`],
  ['name', 5, 'name: 5 is not a letter, then up to 19 of a-z, 0-9 and -'],
  ['access', 'public', "access: 'public' is not one of none, iam"],
  ['access', true, 'access: true is not one of none, iam'],
  ['queue.kind', 'FIFO', "queue.kind: 'FIFO' is not one of standard, fifo"],
  ['queue.kind', undefined, 'queue.kind: missing; set one of standard, fifo'],
  [
    'queue',
    'fifo',
    "queue: 'fifo' is text, not an object with kind, visibilityTimeoutSeconds, retentionDays, deadLetterRetentionDays, maxReceiveCount",
  ],
  ['faultInjection', 'on', "faultInjection: 'on' is not one of allowed, off"],
  ['faultInjection', false, 'faultInjection: false is not one of allowed, off'],
  ['logRetentionDays', 2, `logRetentionDays: 2 is not ${LOG_RETENTION}`],
  ['logRetentionDays', '30', `logRetentionDays: '30' is text, not ${LOG_RETENTION}`],
  // The text "false" would be taken for true by whatever asks whether it is set.
  ['retainData', 'false', "retainData: 'false' is text, not true or false"],
  ['retainData', 0, 'retainData: 0 is not true or false'],
  ['terminationProtection', undefined, 'terminationProtection: missing; set true or false'],
  ['allowPublicAccess', false, 'allowPublicAccess: false is not true; leave it out otherwise'],
  ['allowPublicAccess', 'true', "allowPublicAccess: 'true' is text, not true; leave it out otherwise"],
  [
    'api.corsAllowOrigins',
    'https://shop.example',
    "api.corsAllowOrigins: 'https://shop.example' is text, not a list",
  ],
  ['api.corsAllowOrigins', ['https://shop.example', '*'], `api.corsAllowOrigins[1]: '*' ${ORIGIN}`],
  [
    'api.corsAllowOrigins',
    ['https://shop.example/'],
    `api.corsAllowOrigins[0]: 'https://shop.example/' ${ORIGIN}`,
  ],
  // AWS reads the first two as every origin.
  ...['https://*', 'http://*', 'https://*.example.com', 'https://shop.example:*'].map(
    (origin): [string, string[], string] => [
      'api.corsAllowOrigins',
      [origin],
      `api.corsAllowOrigins[0]: '${origin}' ${ORIGIN}`,
    ],
  ),
  ['api.corsAllowOrigins', [443], 'api.corsAllowOrigins[0]: 443 is not https://host or https://host:port'],
  [
    'api.throttling.routes.GET /queues',
    { ratePerSecond: 1 },
    `api.throttling.routes['GET /queues'].burst: missing; set a whole number from 1 to 5000 (${ACCOUNT_DEFAULT})`,
  ],
  [
    'api.throttling.routes.POST /event',
    { ratePerSecond: 1, burst: 1 },
    "api.throttling.routes['POST /event']: unknown field; did you mean api.throttling.routes['POST /events']?",
  ],
  [
    'queue',
    undefined,
    'queue: missing; set an object with kind, visibilityTimeoutSeconds, retentionDays, deadLetterRetentionDays, maxReceiveCount',
  ],
  ['functions.worker', 30, 'functions.worker: 30 is not an object with timeoutSeconds, memoryMegabytes'],
  [
    'functions.worker',
    [30, 512],
    'functions.worker: a list is not an object with timeoutSeconds, memoryMegabytes',
  ],
  ['functions.wroker', {}, 'functions.wroker: unknown field; did you mean functions.worker?'],
  ['worker.batchsize', 10, 'worker.batchsize: unknown field; did you mean worker.batchSize?'],
  ['ingest.colour', 'red', 'ingest.colour: unknown field; known are resendAfterSeconds, maxEventBytes'],
  ['retaindata', true, 'retaindata: unknown field; did you mean retainData?'],
];

for (const [field, value, message] of REFUSED) {
  test(`says: ${message}`, () => {
    assert.deepEqual(problems(changed(dev, field, value)), [message]);
  });
}

test('a local environment has no public access to allow', () => {
  assert.deepEqual(
    problems({ ...local, allowPublicAccess: true }).map((problem) => problem.split(';')[0]),
    ['allowPublicAccess: unknown field'],
  );
});

test('what is no environment at all is told what one is', () => {
  for (const nothing of [undefined, null, 'dev', []]) {
    const [problem, ...more] = problems(nothing);
    assert.match(problem ?? '', /^the environment: .+ an object with kind, name, access, functions, /);
    assert.deepEqual(more, []);
  }
});

test('whole origins, with or without a port, may call the API', () => {
  const origins = ['https://shop.example', 'http://localhost:3000'];
  assert.deepEqual(problems(changed(dev, 'api.corsAllowOrigins', origins)), []);
});

test('all that is wrong is said at once, under the name of the environment', () => {
  const config = { ...dev, access: 'public', worker: { ...dev.worker, batchSize: 0 }, logRetentionDays: 2 };
  assert.throws(
    () => assertValid(config as unknown as EnvironmentConfig),
    ({ message }: Error) =>
      /^environment 'dev' is not valid:\n {2}- access: .+\n {2}- worker\.batchSize: .+\n {2}- logRetentionDays: .+$/.test(
        message,
      ),
  );
});
