import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../config/dev.ts';
import { local } from '../config/local.ts';
import { deploymentFrom } from '../lib/context.ts';
import { appUnderTest } from './support/template.ts';

const from = (context: Record<string, string>) => deploymentFrom(appUnderTest(context).node);
const LOCAL = { env: 'local', localEndpoint: 'http://127.0.0.1:4566', localArchitecture: 'arm64' };

test('a cloud environment needs its name only', () => {
  assert.deepEqual(from({ env: 'dev' }), { config: dev, functionsDir: undefined });
});

test('a local environment needs where the local cloud is and what machine it is on', () => {
  assert.deepEqual(from({ ...LOCAL, functionsDir: '/built' }), {
    config: local,
    functionsDir: '/built',
    local: { endpoint: 'http://127.0.0.1:4566', architecture: 'arm64' },
  });
});

test('deployed queues stay as they are', () => {
  const url = 'https://sqs.eu-west-1.amazonaws.com/111122223333/sluice-dev-main';
  assert.equal(from({ env: 'dev', deployedQueueUrl: url }).config, dev);
});

const REFUSED: ReadonlyArray<[string, Record<string, string>, string]> = [
  ['no environment', {}, 'env: missing; give it as -c env=…'],
  [
    'an unknown environment',
    { env: 'live' },
    "env: 'live' is not known; choose one of local, local-fifo, local-iam, dev, staging, prod",
  ],
  ['an empty value', { env: '' }, 'env: must be text and not empty'],
  [
    'a local environment without an endpoint',
    { env: 'local', localArchitecture: 'arm64' },
    'localEndpoint: missing; give it as -c localEndpoint=…',
  ],
  [
    'an endpoint with a path',
    { ...LOCAL, localEndpoint: 'http://127.0.0.1:4566/' },
    "localEndpoint: 'http://127.0.0.1:4566/' is not of the form http(s)://host:port",
  ],
  [
    'an endpoint that is none',
    { ...LOCAL, localEndpoint: 'ftp://127.0.0.1' },
    "localEndpoint: 'ftp://127.0.0.1' is not of the form http(s)://host:port",
  ],
  [
    'an unknown machine',
    { ...LOCAL, localArchitecture: 'riscv' },
    "localArchitecture: 'riscv' is neither arm64 nor x86_64",
  ],
  [
    'a local endpoint for a cloud environment',
    { env: 'dev', localEndpoint: 'http://127.0.0.1:4566' },
    "localEndpoint: only local environments take it, and 'dev' is not one",
  ],
  [
    'the other kind for queues that are deployed',
    { env: 'dev', deployedQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/sluice-dev-main.fifo' },
    "queue.kind: 'standard', but Sluice-dev is deployed with fifo queues, and new ones in their place would leave " +
      "behind what these hold; set queue.kind: 'fifo', or make an environment of another name for standard",
  ],
  [
    'a local machine for a cloud environment',
    { env: 'dev', localArchitecture: 'arm64' },
    "localArchitecture: only local environments take it, and 'dev' is not one",
  ],
];

for (const [what, context, message] of REFUSED) {
  test(`${what} is refused by name`, () => {
    assert.throws(() => from(context), { message });
  });
}
