import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { readable } from '../../docs/readable.ts';
import { allow, failureMode, platform, roleStatements } from '../support/iam.ts';
import { cloudTemplate, fifoTemplate, named, resourcesOf } from '../support/template.ts';

function mapping(template = cloudTemplate()): Record<string, unknown> {
  const found = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
  assert.equal(found.length, 1);
  return readable(template, found[0]?.Properties) as Record<string, unknown>;
}

test('the worker may change records, hide messages, dead-letter, publish and ask for faults, and nothing else', () => {
  assert.deepEqual(roleStatements(cloudTemplate(), 'sluice-dev-worker'), [
    allow(
      'EventsTable',
      ['dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate', 'dynamodb:UpdateItem'],
      'sluice-dev-events.Arn',
    ),
    allow('MainQueue', 'sqs:ChangeMessageVisibility', 'sluice-dev-main.Arn'),
    allow('DeadLetterQueue', 'sqs:SendMessage', 'sluice-dev-dlq.Arn'),
    allow('EventBus', 'events:PutEvents', 'sluice-dev.Arn'),
    failureMode('dev'),
    allow(
      'Polling',
      ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      'sluice-dev-main.Arn',
    ),
    ...platform('sluice-dev-worker'),
  ]);
});

test('the mapping takes partial batch responses, and never says whether it is enabled', () => {
  assert.deepEqual(mapping(), {
    BatchSize: 10,
    EventSourceArn: 'sluice-dev-main.Arn',
    FunctionName: 'sluice-dev-worker',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumBatchingWindowInSeconds: 1,
    ScalingConfig: { MaximumConcurrency: 10 },
  });
});

test('batch, window and concurrency of the mapping come from the configuration', () => {
  const worker = { ...dev.worker, batchSize: 100, batchingWindowSeconds: 5, maximumConcurrency: 7 };
  const queue = { ...dev.queue, visibilityTimeoutSeconds: 185 };
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig } = mapping(
    cloudTemplate({ worker, queue }),
  );
  assert.deepEqual(
    [BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig],
    [100, 5, { MaximumConcurrency: 7 }],
  );
});

test('a FIFO queue is polled without a window, which Lambda refuses there', () => {
  const { BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes } = mapping(fifoTemplate());
  assert.deepEqual(
    [BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes],
    [10, undefined, ['ReportBatchItemFailures']],
  );
});

test('the worker is given its variables', () => {
  const template = cloudTemplate();
  const { Properties } = named(template, 'AWS::Lambda::Function', 'FunctionName', 'sluice-dev-worker');
  assert.deepEqual(readable(template, Properties.Environment), {
    Variables: {
      ENVIRONMENT: 'dev',
      EVENTS_TABLE: 'sluice-dev-events',
      QUEUE_URL: 'sluice-dev-main',
      DLQ_URL: 'sluice-dev-dlq',
      EVENT_BUS_NAME: 'sluice-dev',
      RECORD_TTL_SECONDS: '1641600',
      MAX_ATTEMPTS: '5',
      BACKOFF_BASE_SECONDS: '2',
      BACKOFF_CAP_SECONDS: '900',
      DEADLINE_RESERVE_MS: '3000',
      COMPLETION_LOG_PERCENT: '100',
      FAULT_INJECTION: 'allowed',
      FAILURE_MODE_PARAMETER: '/sluice/dev/failure_mode',
      FAULT_CACHE_SECONDS: '30',
    },
  });
});
