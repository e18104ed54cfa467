import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { generated } from '../../docs/generated.ts';

for (const { file, current, fresh } of generated()) {
  test(`${basename(file)} says what the configuration and the templates do`, () => {
    assert.ok(current === fresh, `${file} is stale: make docs`);
  });
}
