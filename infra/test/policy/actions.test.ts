import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTIONS } from '../../config/types.ts';
import { ACTIONS, statementsOf } from '../../lib/policy/actions.ts';
import { allStatements } from '../support/iam.ts';
import { cloudTemplate } from '../support/template.ts';

test('a statement holds its row of the table, on the resource it was given', () => {
  const [table, queue, ...more] = statementsOf('ingest', {
    EventsTable: 'table-arn',
    MainQueue: 'queue-arn',
  });
  assert.deepEqual(table?.toStatementJson(), {
    Sid: 'EventsTable',
    Effect: 'Allow',
    Action: ['dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
    Resource: 'table-arn',
  });
  assert.deepEqual(queue?.toStatementJson(), {
    Sid: 'MainQueue',
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: 'queue-arn',
  });
  assert.deepEqual(more, []);
});

test('each row of the table stands in the template, once, beside what the platform and faults need', () => {
  const sids = allStatements(cloudTemplate()).map(({ Sid }) => Sid);
  const rows = FUNCTIONS.flatMap((name) => Object.keys(ACTIONS[name]));
  const platform = [
    'Polling',
    'QueueMetrics',
    'FailureMode',
    'FailureMode',
    ...FUNCTIONS.flatMap(() => ['Logs', 'Traces']),
  ];
  assert.deepEqual(sids.sort(), [...rows, ...platform].sort());
});
