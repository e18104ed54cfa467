import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../../bin/sluice.ts', import.meta.url));

test('a mistake on the command line ends in its message alone and a failure', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', APP], {
    encoding: 'utf8',
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ env: 'live' }) },
  });
  assert.equal(
    run.stderr,
    "env: 'live' is not known; choose one of local, local-fifo, local-iam, dev, staging, prod\n",
  );
  assert.equal(run.status, 1);
});
