import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudSchema } from '../../config/schema.ts';
import { shapeAt, shapeOf } from '../../config/shape.ts';
import { millisecondsIn } from '../support/rust.ts';

/** How long the functions wait for AWS stands in their code: the schema's limits must leave room for it. */

const patience = (name: string) => millisecondsIn(`${name}/src/main.rs`, 'PATIENCE');
const ingestWaits = (name: string) => millisecondsIn('ingest/src/config.rs', name);
/** Before either begins, where faults may be injected. */
const faultRead = millisecondsIn('../crates/faults/src/cache.rs', 'LONGEST_READ');
const SECOND_TO_ANSWER = 1000;

function least(...path: string[]): number {
  const { minimum } = shapeAt(shapeOf(cloudSchema), path) ?? {};
  return minimum ?? assert.fail(`${path.join('.')} has no least value`);
}

test('ingest with the least timeout still answers when neither the table nor SQS does', () => {
  const waits = ingestWaits('read_timeout') + patience('ingest') + ingestWaits('note_timeout');
  assert.equal(waits, 3650);
  assert.ok(least('functions', 'ingest', 'timeoutSeconds') * 1000 >= faultRead + waits + SECOND_TO_ANSWER);
});

test('query with the least timeout still answers when AWS does not', () => {
  assert.ok(least('functions', 'query', 'timeoutSeconds') * 1000 >= patience('query') + SECOND_TO_ANSWER);
});

test("the worker's least reserve holds three calls, and half of its least timeout that", () => {
  const reserve = least('worker', 'deadlineReserveMilliseconds');
  assert.equal(reserve, 3 * patience('worker'));
  assert.ok((least('functions', 'worker', 'timeoutSeconds') * 1000) / 2 >= reserve);
});
