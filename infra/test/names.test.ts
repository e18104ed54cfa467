import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf } from '../lib/names.ts';

test('names are those that people and scripts look for', () => {
  const names = namesOf('dev');
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
      failureModeParameter: '/sluice/dev/failure_mode',
      function: 'sluice-dev-worker',
      functionLogGroup: '/aws/lambda/sluice-dev-worker',
    },
  );
});
