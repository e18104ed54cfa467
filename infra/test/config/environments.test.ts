import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { environmentNamed, environments } from '../../config/environments.ts';
import { prod } from '../../config/prod.ts';
import { staging } from '../../config/staging.ts';
import { problems } from '../../config/validate.ts';

test('an environment is found by its name', () => {
  assert.equal(environmentNamed('dev'), dev);
});

test('an unknown environment is answered with those known', () => {
  assert.throws(() => environmentNamed('live'), {
    message: "env: 'live' is not known; choose one of local, local-fifo, local-iam, dev, staging, prod",
  });
});

test('no two environments have one name', () => {
  assert.equal(new Set(environments.map(({ name }) => name)).size, environments.length);
});

for (const environment of environments) {
  test(`${environment.name} is valid`, () => {
    assert.deepEqual(problems(environment), []);
  });
}

test('the Makefile deploys and lints the cloud environments, every one', () => {
  const makefile = readFileSync(new URL('../../../Makefile', import.meta.url), 'utf8');
  const listed = /^CLOUD_ENVIRONMENTS := (.*)$/m.exec(makefile)?.[1]?.split(' ');
  const cloud = environments.filter(({ kind }) => kind === 'cloud');
  assert.deepEqual(
    listed,
    cloud.map(({ name }) => name),
  );
});

test('the Makefile starts the local environments that take calls without a signature, every one', () => {
  const makefile = readFileSync(new URL('../../../Makefile', import.meta.url), 'utf8');
  const listed = /^LOCAL_ENVIRONMENTS := (.*)$/m.exec(makefile)?.[1]?.split(' ');
  const open = environments.filter(({ kind, access }) => kind === 'local' && access === 'none');
  assert.deepEqual(
    listed,
    open.map(({ name }) => name),
  );
});

test('nothing fails on purpose in production, and nothing of it goes with its stack', () => {
  const { faultInjection, retainData, terminationProtection, access } = prod;
  assert.deepEqual(
    { faultInjection, retainData, terminationProtection, access },
    { faultInjection: 'off', retainData: true, terminationProtection: true, access: 'iam' },
  );
});

test('staging behaves as production does, in a smaller size', () => {
  const { maximumConcurrency: _, ...worker } = staging.worker;
  const { maximumConcurrency: __, ...productions } = prod.worker;
  assert.deepEqual(worker, productions);
  assert.deepEqual(
    [staging.functions, staging.queue, staging.ingest],
    [prod.functions, prod.queue, prod.ingest],
  );
});
