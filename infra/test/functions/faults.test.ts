import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { prod } from '../../config/prod.ts';
import { variablesOf } from '../../docs/templates.ts';
import { allStatements } from '../support/iam.ts';
import { cloudTemplate } from '../support/template.ts';

const NAMES = ['FAULT_INJECTION', 'FAILURE_MODE_PARAMETER', 'FAULT_CACHE_SECONDS'];

function told(config: Parameters<typeof variablesOf>[0], name: 'ingest' | 'worker' | 'query') {
  const variables = variablesOf(config)[name];
  return NAMES.map((variable) => variables[variable]);
}

test('ingest and the worker are told where to look for faults, and query nothing', () => {
  for (const name of ['ingest', 'worker'] as const) {
    assert.deepEqual(told(dev, name), ['allowed', '/sluice/dev/failure_mode', '30']);
  }
  assert.deepEqual(told(dev, 'query'), [undefined, undefined, undefined]);
});

test('where no faults may be injected nobody is told where to look, and nobody may', () => {
  for (const name of ['ingest', 'worker'] as const) {
    assert.deepEqual(told(prod, name), ['off', undefined, undefined]);
  }
  const actions = allStatements(cloudTemplate({ faultInjection: 'off' })).flatMap(({ Action }) => Action);
  assert.deepEqual(
    actions.filter((action) => action.startsWith('ssm:')),
    [],
  );
});
