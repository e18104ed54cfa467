import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../docs/readable.ts';
import { cloudTemplate, localTemplate } from '../support/template.ts';

function outputs(template: ReturnType<typeof cloudTemplate>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template.toJSON().Outputs as Record<string, { Value: unknown }>).map(
      ([key, { Value }]) => [key, readable(template, Value)],
    ),
  );
}

test('the outputs are exactly those that scripts and tests read', () => {
  assert.deepEqual(outputs(cloudTemplate()), {
    ApiUrl: 'sluice-dev.ApiEndpoint',
    QueueUrl: 'sluice-dev-main',
    DlqUrl: 'sluice-dev-dlq',
    EventsTable: 'sluice-dev-events',
    EventBusName: 'sluice-dev',
    FailureModeParameter: '/sluice/dev/failure_mode',
    Region: '<AWS::Region>',
    IngestFunction: 'sluice-dev-ingest',
    WorkerFunction: 'sluice-dev-worker',
    QueryFunction: 'sluice-dev-query',
    EventSourceMappingId: 'AWS::Lambda::EventSourceMapping',
  });
});

test('on the local cloud the address is one that works as pasted', () => {
  assert.equal(outputs(localTemplate()).ApiUrl, 'https://127.0.0.1:4566/_aws/execute-api/sluice-local');
});
