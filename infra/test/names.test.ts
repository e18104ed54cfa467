import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../config/dev.ts';
import type { QueueKind } from '../config/types.ts';
import { namesOf } from '../lib/names.ts';

const namesIn = (kind: QueueKind) => namesOf({ ...dev, queue: { ...dev.queue, kind } });

test('names are those that people and scripts look for', () => {
  const names = namesIn('standard');
  assert.deepEqual(
    { ...names, function: names.function('worker'), functionLogGroup: names.functionLogGroup('worker') },
    {
      stack: 'Sluice-dev',
      mainQueue: 'sluice-dev-main',
      deadLetterQueue: 'sluice-dev-dlq',
      eventsTable: 'sluice-dev-events',
      eventBus: 'sluice-dev',
      api: 'sluice-dev',
      apiLogGroup: '/aws/apigateway/sluice-dev',
      queueKindParameter: '/sluice/dev/queue_kind',
      failureModeParameter: '/sluice/dev/failure_mode',
      function: 'sluice-dev-worker',
      functionLogGroup: '/aws/lambda/sluice-dev-worker',
    },
  );
});

test('FIFO queues are named so, and nothing else is', () => {
  const { mainQueue, deadLetterQueue, ...others } = namesIn('fifo');
  assert.deepEqual([mainQueue, deadLetterQueue], ['sluice-dev-main.fifo', 'sluice-dev-dlq.fifo']);
  const names = JSON.stringify([others, others.function('worker'), others.functionLogGroup('worker')]);
  assert.ok(!names.includes('.fifo'));
});
