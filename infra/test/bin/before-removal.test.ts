import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/before-removal.ts', import.meta.url));

function run(environment: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', COMMAND, environment], { encoding: 'utf8' });
}

test('before an environment is removed it says what goes', () => {
  const { status, stdout } = run('dev');
  assert.equal(status, 0);
  assert.match(stdout, /^This removes Sluice-dev from AWS /);
});

test('where nothing is to be removed it fails, and says why', () => {
  for (const [environment, why] of [
    ['prod', /^sluice: Sluice-prod is protected, /],
    ['local', /^sluice: 'local' is on the local cloud: make down\n$/],
    ['live', /^sluice: env: 'live' is not known; /],
  ] as const) {
    const { status, stdout, stderr } = run(environment);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, why);
  }
});
