import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../docs/readable.ts';
import { allow, platform, roleStatements } from '../support/iam.ts';
import { cloudTemplate, named } from '../support/template.ts';

test('query may read a record, the queues and the mapping, and nothing else', () => {
  assert.deepEqual(roleStatements(cloudTemplate(), 'sluice-dev-query'), [
    allow('EventsTable', 'dynamodb:BatchGetItem', 'sluice-dev-events.Arn'),
    allow('MainQueue', 'sqs:GetQueueAttributes', 'sluice-dev-main.Arn'),
    allow('DeadLetterQueue', 'sqs:GetQueueAttributes', 'sluice-dev-dlq.Arn'),
    allow(
      'EventSourceMapping',
      'lambda:GetEventSourceMapping',
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:AWS::Lambda::EventSourceMapping',
    ),
    allow('QueueMetrics', 'cloudwatch:GetMetricData', '*'),
    ...platform('sluice-dev-query'),
  ]);
});

test('query is given its variables', () => {
  const template = cloudTemplate();
  const { Properties } = named(template, 'AWS::Lambda::Function', 'FunctionName', 'sluice-dev-query');
  assert.deepEqual(readable(template, Properties.Environment), {
    Variables: {
      ENVIRONMENT: 'dev',
      EVENTS_TABLE: 'sluice-dev-events',
      QUEUE_URL: 'sluice-dev-main',
      DLQ_URL: 'sluice-dev-dlq',
      EVENT_SOURCE_MAPPING_ID: 'AWS::Lambda::EventSourceMapping',
      MAIN_RETENTION_SECONDS: '345600',
      ACCESS: 'iam',
    },
  });
});
