import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { local, localFifo } from '../../config/local.ts';
import { problems } from '../../config/validate.ts';
import { changed } from '../support/changed.ts';

const REFUSED: ReadonlyArray<[config: object, field: string, value: unknown, message: string]> = [
  [
    dev,
    'access',
    'none',
    "access: 'none' lets anyone on the internet send events; choose 'iam', or add allowPublicAccess: true",
  ],
  [dev, 'allowPublicAccess', true, "allowPublicAccess: true contradicts access 'iam'; remove it"],
  [
    local,
    'queue.visibilityTimeoutSeconds',
    29,
    'queue.visibilityTimeoutSeconds: 29 is under 6 × worker timeout 5 s = 30 s; set at least 30',
  ],
  [
    dev,
    'queue.visibilityTimeoutSeconds',
    180,
    'queue.visibilityTimeoutSeconds: 180 is under 6 × worker timeout 30 s + batching window 1 s = 181 s; set at least 181',
  ],
  [
    dev,
    'queue.deadLetterRetentionDays',
    4,
    'queue.deadLetterRetentionDays: 4 is not over queue.retentionDays 4; a message moved late would be deleted at once',
  ],
  [
    local,
    'worker.batchSize',
    11,
    'worker.batchingWindowSeconds: 0 with worker.batchSize 11; over 10 needs at least 1',
  ],
  [
    localFifo,
    'worker.batchSize',
    11,
    "worker.batchSize: 11 with queue.kind 'fifo', which hands over 10 at most; set 10 or fewer",
  ],
  [
    dev,
    'queue.kind',
    'fifo',
    "worker.batchingWindowSeconds: 1 with queue.kind 'fifo', which gathers no batches; set 0",
  ],
  [
    { ...localFifo, queue: { ...localFifo.queue, maxReceiveCount: 100 } },
    'worker.maxAttempts',
    6,
    'queue.maxReceiveCount: 100 is under 2 × worker.maxAttempts 6 × worker.batchSize 10 = 120, the receives of a message among others that fail; set at least 120',
  ],
  [
    { ...localFifo, worker: { ...localFifo.worker, backoffCapSeconds: 900 } },
    'expectedEventsPerSecond',
    1000,
    'worker.backoffCapSeconds: 900, in FIFO 60, × expectedEventsPerSecond 1000 = 60000 messages in flight if all fail; keep it under 60000',
  ],
  [dev, 'worker.backoffCapSeconds', 1, 'worker.backoffBaseSeconds: 2 is over worker.backoffCapSeconds 1'],
  [
    dev,
    'expectedEventsPerSecond',
    67,
    'worker.backoffCapSeconds: 900 × expectedEventsPerSecond 67 = 60300 messages in flight if all fail; keep it under 60000',
  ],
  [
    dev,
    'worker.deadlineReserveMilliseconds',
    15_001,
    "worker.deadlineReserveMilliseconds: 15001 is over 15000, half of the worker's timeout",
  ],
  [
    dev,
    'ingest.resendAfterSeconds',
    345_601,
    'ingest.resendAfterSeconds: 345601 is over queue.retentionDays 4 = 345600 s; after that the message is gone',
  ],
];

for (const [config, field, value, message] of REFUSED) {
  test(`says: ${message}`, () => {
    assert.deepEqual(problems(changed(config, field, value)), [message]);
  });
}

test('a cloud environment may be open where it says so twice, a local one at once', () => {
  assert.deepEqual(problems({ ...dev, access: 'none', allowPublicAccess: true }), []);
  assert.deepEqual(problems({ ...local, access: 'none' }), []);
});

test('what just fits is taken', () => {
  assert.deepEqual(problems(changed(dev, 'worker.deadlineReserveMilliseconds', 15_000)), []);
  assert.deepEqual(problems(changed(dev, 'expectedEventsPerSecond', 66)), []);
  assert.deepEqual(problems(changed(dev, 'ingest.resendAfterSeconds', 345_600)), []);
});

test('a wait that FIFO cuts short does not fill the queue', () => {
  const patient = { ...localFifo, worker: { ...localFifo.worker, backoffCapSeconds: 43_200 } };
  assert.deepEqual(problems({ ...patient, expectedEventsPerSecond: 999 }), []);
});

test('several rules that are broken are said at once', () => {
  const config = changed(changed(dev, 'access', 'none') as object, 'queue.visibilityTimeoutSeconds', 1);
  assert.deepEqual(
    problems(config).map((problem) => problem.split(':')[0]),
    ['access', 'queue.visibilityTimeoutSeconds'],
  );
});
