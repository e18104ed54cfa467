import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../config/dev.ts';
import { prod } from '../config/prod.ts';
import { removalOf } from '../lib/removal.ts';

test('a protected environment is not removed, and says how it would be', () => {
  assert.deepEqual(removalOf(prod), {
    possible: false,
    says:
      'Sluice-prod is protected, and nothing was removed. To remove it all the same: set terminationProtection: false ' +
      'in infra/config/prod.ts, make deploy ENV=prod, and try again.',
  });
});

test('an environment whose data is kept says what stays, and what that means later', () => {
  const { possible, says } = removalOf({ ...prod, terminationProtection: false });
  assert.equal(possible, true);
  assert.match(
    says,
    /stays \(retainData\): the queues sluice-prod-main and sluice-prod-dlq, .*sluice-prod-events/,
  );
  assert.match(says, /A later deployment fails on these names, until cdk import takes them into it/);
});

test('one whose data goes with it says so', () => {
  const { possible, says } = removalOf(dev);
  assert.equal(possible, true);
  assert.match(
    says,
    /^This removes Sluice-dev from AWS with all that it holds: the queues sluice-dev-main and /,
  );
});
