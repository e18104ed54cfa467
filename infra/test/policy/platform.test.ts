import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKED_FOR, LOGS, POLLING, WITHOUT_RESOURCE } from '../../lib/policy/platform.ts';
import { allStatements } from '../support/iam.ts';
import { cloudTemplate } from '../support/template.ts';

test('each need of the platform names the AWS page that demands it', () => {
  const needs = [LOGS, POLLING, ...Object.values(WITHOUT_RESOURCE), ...Object.values(CHECKED_FOR)];
  for (const { page } of needs) assert.match(page, /^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
});

test('no statement is for every resource, but those whose actions AWS checks against none', () => {
  const reasons = Object.values(WITHOUT_RESOURCE).map(({ actions }) => [...actions].sort());
  const wide = allStatements(cloudTemplate()).filter(({ Resource }) =>
    JSON.stringify(Resource).includes('*'),
  );
  assert.equal(wide.length, 4);
  for (const { Action } of wide) {
    const actions = [Action].flat().sort();
    assert.ok(
      reasons.some((reason) => JSON.stringify(reason) === JSON.stringify(actions)),
      `${actions.join(', ')} on every resource`,
    );
  }
});

test('no statement allows a group of actions', () => {
  for (const { Action } of allStatements(cloudTemplate()))
    assert.ok(![Action].flat().some((a) => a.includes('*')));
});
