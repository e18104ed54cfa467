import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { local } from '../../config/local.ts';
import type { EnvironmentConfig, FunctionName } from '../../config/types.ts';
import { assertValid, problems } from '../../config/validate.ts';

const queue = (changes: Partial<EnvironmentConfig['queue']>): EnvironmentConfig => ({
  ...dev,
  queue: { ...dev.queue, ...changes },
});
const worker = (changes: Partial<EnvironmentConfig['worker']>): EnvironmentConfig => ({
  ...dev,
  worker: { ...dev.worker, ...changes },
});
const api = (changes: Partial<EnvironmentConfig['api']>): EnvironmentConfig => ({
  ...dev,
  api: { ...dev.api, ...changes },
});
const sized = (name: FunctionName, timeoutSeconds: number, memoryMegabytes: number): EnvironmentConfig => ({
  ...dev,
  functions: { ...dev.functions, [name]: { timeoutSeconds, memoryMegabytes } },
});

const CASES: ReadonlyArray<[EnvironmentConfig, string]> = [
  [
    { ...dev, name: 'Dev_1' },
    "name: 'Dev_1' does not fit in resource names; use a letter, then up to 19 of a-z, 0-9 and -",
  ],
  [
    { ...dev, name: 'twenty-one-characters' },
    "name: 'twenty-one-characters' does not fit in resource names; use a letter, then up to 19 of a-z, 0-9 and -",
  ],
  [
    { ...dev, access: 'none' },
    "access: 'none' lets anyone on the internet send events; choose 'iam', or add allowPublicAccess: true",
  ],
  [{ ...dev, allowPublicAccess: true }, "allowPublicAccess: true contradicts access 'iam'; remove it"],
  [
    sized('ingest', 30, 256),
    'functions.ingest.timeoutSeconds: 30 is not a whole number from 1 to 29 (an HTTP API waits 30 s at most)',
  ],
  [
    sized('query', 0, 256),
    'functions.query.timeoutSeconds: 0 is not a whole number from 1 to 29 (an HTTP API waits 30 s at most)',
  ],
  [
    { ...sized('worker', 901, 256), queue: { ...dev.queue, visibilityTimeoutSeconds: 6000 } },
    "functions.worker.timeoutSeconds: 901 is not a whole number from 1 to 900 (Lambda's limit)",
  ],
  [
    sized('ingest', 10, 127),
    "functions.ingest.memoryMegabytes: 127 is not a whole number from 128 to 10240 (Lambda's limits)",
  ],
  [
    sized('worker', 30, 10_241),
    "functions.worker.memoryMegabytes: 10241 is not a whole number from 128 to 10240 (Lambda's limits)",
  ],
  [
    sized('query', 10, 128.5),
    "functions.query.memoryMegabytes: 128.5 is not a whole number from 128 to 10240 (Lambda's limits)",
  ],
  [
    queue({ visibilityTimeoutSeconds: 43_201 }),
    "queue.visibilityTimeoutSeconds: 43201 is not a whole number from 1 to 43200 (SQS's limit)",
  ],
  [
    { ...local, queue: { ...local.queue, visibilityTimeoutSeconds: 20 } },
    'queue.visibilityTimeoutSeconds: 20 is under 6 × worker timeout 5 s = 30 s; set at least 30',
  ],
  [
    queue({ visibilityTimeoutSeconds: 180 }),
    'queue.visibilityTimeoutSeconds: 180 is under 6 × worker timeout 30 s + batching window 1 s = 181 s; set at least 181',
  ],
  [
    queue({ retentionDays: 3.5 }),
    'queue.retentionDays: 3.5 is not a whole number from 1 to 13 (the DLQ must keep messages longer)',
  ],
  [
    queue({ deadLetterRetentionDays: 15 }),
    "queue.deadLetterRetentionDays: 15 is not a whole number from 1 to 14 (SQS's limit)",
  ],
  [
    queue({ deadLetterRetentionDays: 4 }),
    'queue.deadLetterRetentionDays: 4 is not over queue.retentionDays 4; a message moved late would be deleted at once',
  ],
  [
    queue({ maxReceiveCount: 5 }),
    'queue.maxReceiveCount: 5 is not a whole number from 100 to 1000 (fewer dead-letters what was handed back)',
  ],
  [worker({ batchSize: 0 }), "worker.batchSize: 0 is not a whole number from 1 to 10000 (Lambda's limit)"],
  [
    worker({ batchSize: 11, batchingWindowSeconds: 0 }),
    'worker.batchingWindowSeconds: 0 with worker.batchSize 11; over 10 needs at least 1',
  ],
  [
    { ...worker({ batchingWindowSeconds: 301 }), queue: { ...dev.queue, visibilityTimeoutSeconds: 900 } },
    "worker.batchingWindowSeconds: 301 is not a whole number from 0 to 300 (Lambda's limit)",
  ],
  [
    worker({ maximumConcurrency: 1 }),
    "worker.maximumConcurrency: 1 is not a whole number from 2 to 1000 (Lambda's limits)",
  ],
  [
    worker({ maxAttempts: 51 }),
    'worker.maxAttempts: 51 is not a whole number from 1 to 50 (receives, hand-backs among them, end at 100)',
  ],
  [
    worker({ backoffBaseSeconds: 0 }),
    'worker.backoffBaseSeconds: 0 is not a whole number from 1 to 900 (it is a first wait)',
  ],
  [
    worker({ backoffBaseSeconds: 20, backoffCapSeconds: 10 }),
    'worker.backoffBaseSeconds: 20 is over worker.backoffCapSeconds 10',
  ],
  [
    { ...worker({ backoffCapSeconds: 43_201 }), expectedEventsPerSecond: 1 },
    "worker.backoffCapSeconds: 43201 is not a whole number from 1 to 43200 (SQS's limit of visibility)",
  ],
  [
    { ...dev, expectedEventsPerSecond: 67 },
    'worker.backoffCapSeconds: 900 × expectedEventsPerSecond 67 = 60300 messages in flight if all fail; keep it under 60000',
  ],
  [
    worker({ deadlineReserveMilliseconds: 15_001 }),
    "worker.deadlineReserveMilliseconds: 15001 is not a whole number from 2400 (three calls to AWS) to 15000 (half of the worker's timeout)",
  ],
  [
    worker({ deadlineReserveMilliseconds: 2399 }),
    "worker.deadlineReserveMilliseconds: 2399 is not a whole number from 2400 (three calls to AWS) to 15000 (half of the worker's timeout)",
  ],
  [
    worker({ deadlineReserveMilliseconds: 2500.5 }),
    "worker.deadlineReserveMilliseconds: 2500.5 is not a whole number from 2400 (three calls to AWS) to 15000 (half of the worker's timeout)",
  ],
  [
    worker({ completionLogPercent: 101 }),
    'worker.completionLogPercent: 101 is not a whole number from 0 to 100 (it is a percentage)',
  ],
  [
    { ...dev, ingest: { ...dev.ingest, resendAfterSeconds: 345_601 } },
    'ingest.resendAfterSeconds: 345601 is not a whole number from 1 to 345600 (after the retention the message is gone)',
  ],
  [
    { ...dev, ingest: { ...dev.ingest, maxEventBytes: 1_032_193 } },
    'ingest.maxEventBytes: 1032193 is not a whole number from 1 to 1032192 (SQS takes 1 MiB with the envelope)',
  ],
  [
    api({ ratePerSecond: 0 }),
    "api.ratePerSecond: 0 is not a whole number from 1 to 10000 (the account's default limit)",
  ],
  [
    api({ burst: 5001 }),
    "api.burst: 5001 is not a whole number from 1 to 5000 (the account's default limit)",
  ],
  [
    api({ corsAllowOrigins: ['https://shop.example', '*'] }),
    "api.corsAllowOrigins: '*' is no origin; write it as https://host or https://host:port",
  ],
  [
    api({ corsAllowOrigins: ['https://shop.example/'] }),
    "api.corsAllowOrigins: 'https://shop.example/' is no origin; write it as https://host or https://host:port",
  ],
  [
    { ...dev, expectedEventsPerSecond: 0 },
    'expectedEventsPerSecond: 0 is not a whole number from 1 to 100000 (it sizes the queue)',
  ],
  [
    { ...dev, logRetentionDays: 2 },
    'logRetentionDays: 2 is not one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
  ],
];

for (const [config, message] of CASES) {
  test(`says: ${message}`, () => {
    assert.deepEqual(problems(config), [message]);
  });
}

test('a cloud environment may be open where it says so twice, a local one at once', () => {
  assert.deepEqual(problems({ ...dev, access: 'none', allowPublicAccess: true }), []);
  assert.deepEqual(problems({ ...local, access: 'none' }), []);
});

test('a whole origin, with its port, is one', () => {
  assert.deepEqual(
    problems(api({ corsAllowOrigins: ['https://shop.example', 'http://localhost:3000'] })),
    [],
  );
});

test('all that is wrong is said at once, under the name of the environment', () => {
  const config: EnvironmentConfig = {
    ...dev,
    access: 'none',
    logRetentionDays: 2,
    api: { ...dev.api, burst: 0 },
  };
  assert.throws(
    () => assertValid(config),
    ({ message }: Error) =>
      /^environment 'dev' is not valid:\n {2}- access: .+\n {2}- api\.burst: .+\n {2}- logRetentionDays: .+$/.test(
        message,
      ),
  );
});
