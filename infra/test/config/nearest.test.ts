import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../config/nearest.ts';

const FIELDS = ['batchSize', 'batchingWindowSeconds', 'maxAttempts'];

test('a slip of the keyboard is known for what was meant', () => {
  for (const slip of ['batchsize', 'bachSize', 'batchSizes', 'abtchSize']) {
    assert.equal(nearest(slip, FIELDS), 'batchSize');
  }
  assert.equal(nearest('batchWindowSeconds', FIELDS), 'batchingWindowSeconds');
});

test('of several that are near, the nearest is meant', () => {
  assert.equal(nearest('burst', ['bursts', 'burst']), 'burst');
});

test('what is like nothing known is taken for nothing', () => {
  assert.equal(nearest('colour', FIELDS), undefined);
  assert.equal(nearest('', FIELDS), undefined);
});
