import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../docs/readable.ts';
import { allow, failureMode, platform, roleStatements } from '../support/iam.ts';
import { cloudTemplate, localTemplate, named } from '../support/template.ts';

function environment(template: ReturnType<typeof cloudTemplate>, name: string): unknown {
  const { Properties } = named(template, 'AWS::Lambda::Function', 'FunctionName', name);
  return readable(template, (Properties.Environment as { Variables: unknown }).Variables);
}

test('ingest may read and write records, send to the main queue and ask for faults, and nothing else', () => {
  const template = cloudTemplate();
  assert.deepEqual(roleStatements(template, 'sluice-dev-ingest'), [
    allow(
      'EventsTable',
      ['dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
      'sluice-dev-events.Arn',
    ),
    allow('MainQueue', 'sqs:SendMessage', 'sluice-dev-main.Arn'),
    failureMode('dev'),
    ...platform('sluice-dev-ingest'),
  ]);
});

const COMMON = {
  QUEUE_URL: 'sluice-dev-main',
  RECORD_TTL_SECONDS: '1641600',
  RESEND_AFTER_SECONDS: '900',
  MAX_EVENT_BYTES: '262144',
  FAULT_INJECTION: 'allowed',
};

test('in the cloud ingest is given its variables, and tells its address from the request', () => {
  assert.deepEqual(environment(cloudTemplate(), 'sluice-dev-ingest'), {
    ...COMMON,
    ENVIRONMENT: 'dev',
    EVENTS_TABLE: 'sluice-dev-events',
    ACCESS: 'iam',
    FAILURE_MODE_PARAMETER: '/sluice/dev/failure_mode',
    FAULT_CACHE_SECONDS: '30',
  });
});

test('on the local cloud ingest is told the address, with the API id for it to fill in', () => {
  assert.deepEqual(environment(localTemplate(), 'sluice-local-ingest'), {
    ...COMMON,
    ENVIRONMENT: 'local',
    EVENTS_TABLE: 'sluice-local-events',
    QUEUE_URL: 'sluice-local-main',
    ACCESS: 'none',
    FAILURE_MODE_PARAMETER: '/sluice/local/failure_mode',
    FAULT_CACHE_SECONDS: '1',
    PUBLIC_URL: 'https://127.0.0.1:4566/_aws/execute-api/{apiId}',
  });
});
