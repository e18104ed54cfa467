import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { recordTtlSeconds } from '../../config/durations.ts';

test('a record is kept for both retentions and a day: 19 days', () => {
  assert.equal(recordTtlSeconds(dev.queue), 1_641_600);
});
