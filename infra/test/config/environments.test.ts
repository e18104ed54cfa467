import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { environmentNamed, environments } from '../../config/environments.ts';
import { problems } from '../../config/validate.ts';

test('an environment is found by its name', () => {
  assert.equal(environmentNamed('dev'), dev);
});

test('an unknown environment is answered with those known', () => {
  assert.throws(() => environmentNamed('prod'), {
    message: "env: 'prod' is not known; choose one of local, local-iam, dev",
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
