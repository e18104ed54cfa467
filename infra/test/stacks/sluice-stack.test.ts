import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliCredentialsStackSynthesizer, DefaultStackSynthesizer } from 'aws-cdk-lib';
import { dev } from '../../config/dev.ts';
import { local, localFifo, localIam } from '../../config/local.ts';
import type { CloudConfig } from '../../config/types.ts';
import { changed } from '../support/changed.ts';
import {
  cloudTemplate,
  LOCAL_TARGET,
  localTemplate,
  named,
  resourcesOf,
  stackOf,
} from '../support/template.ts';

const DATA = ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::Events::EventBus', 'AWS::Logs::LogGroup'];

/** Every physical name a template gives; a path or ARN contains its name. */
function physicalNames(template: ReturnType<typeof cloudTemplate>): string[] {
  const keys = ['QueueName', 'TableName', 'FunctionName', 'LogGroupName', 'Name'];
  return Object.values(
    template.toJSON().Resources as Record<string, { Properties?: Record<string, unknown> }>,
  )
    .flatMap(({ Properties = {} }) => keys.map((key) => Properties[key]))
    .filter((name) => typeof name === 'string');
}

test('every name carries its environment, and two environments share none', () => {
  const byEnvironment = [cloudTemplate(), localTemplate(), localTemplate({ name: 'local-iam' })].map(
    physicalNames,
  );
  const [inDev] = byEnvironment;
  assert.deepEqual(inDev?.sort(), [
    '/aws/apigateway/sluice-dev',
    '/aws/lambda/sluice-dev-ingest',
    '/aws/lambda/sluice-dev-query',
    '/aws/lambda/sluice-dev-worker',
    '/sluice/dev/failure_mode',
    '/sluice/dev/queue_kind',
    'sluice-dev',
    'sluice-dev',
    'sluice-dev-dlq',
    'sluice-dev-events',
    'sluice-dev-ingest',
    'sluice-dev-main',
    'sluice-dev-query',
    'sluice-dev-worker',
  ]);
  const all = byEnvironment.flatMap((names) => [...new Set(names)]);
  assert.equal(new Set(all).size, all.length);
});

test('log groups end by the configuration', () => {
  const groups = resourcesOf(cloudTemplate({ logRetentionDays: 30 }), 'AWS::Logs::LogGroup');
  assert.deepEqual(
    groups.map(({ Properties }) => Properties.RetentionInDays),
    [30, 30, 30, 30],
  );
});

test('data outlives the stack where the configuration says so, and only there', () => {
  for (const [retainData, policies] of [
    // What a failed first deployment made goes again: its names would be in the way of the second.
    [true, ['RetainExceptOnCreate', 'Retain']],
    [false, ['Delete', 'Delete']],
  ] as const) {
    const template = cloudTemplate({ retainData });
    const data = DATA.flatMap((type) => resourcesOf(template, type));
    assert.equal(data.length, 8);
    for (const { DeletionPolicy, UpdateReplacePolicy } of data) {
      assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], policies);
    }
  }
});

test('all that holds data is known to be kept: whatever else is in the stack can be made again', () => {
  const others = Object.values(cloudTemplate().toJSON().Resources as Record<string, { Type: string }>)
    .map(({ Type }) => Type)
    .filter((type) => !DATA.includes(type));
  assert.deepEqual([...new Set(others)].sort(), [
    'AWS::ApiGatewayV2::Api',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Route',
    'AWS::ApiGatewayV2::Stage',
    'AWS::IAM::Role',
    'AWS::Lambda::EventSourceMapping',
    'AWS::Lambda::Function',
    'AWS::Lambda::Permission',
    'AWS::SQS::QueuePolicy',
    'AWS::SSM::Parameter',
  ]);
});

test('termination protection is the configuration’s', () => {
  assert.equal(stackOf({ config: { ...dev, terminationProtection: true } }).terminationProtection, true);
  assert.equal(stackOf({ config: dev }).terminationProtection, false);
});

test('failure mode begins as none', () => {
  const parameter = named(cloudTemplate(), 'AWS::SSM::Parameter', 'Name', '/sluice/dev/failure_mode');
  assert.deepEqual([parameter.Properties.Type, parameter.Properties.Value], ['String', 'none']);
});

test('the local cloud is deployed with the caller’s own keys, AWS through the bootstrap roles', () => {
  assert.ok(
    stackOf({ config: local, local: LOCAL_TARGET }).synthesizer instanceof CliCredentialsStackSynthesizer,
  );
  assert.ok(stackOf({ config: dev }).synthesizer instanceof DefaultStackSynthesizer);
});

test('the end-to-end suite’s environment is the local one with signatures demanded', () => {
  assert.deepEqual({ ...localIam, name: 'local', access: 'none' }, local);
  assert.equal(localIam.access, 'iam');
});

test('the local environment of FIFO queues differs in nothing else', () => {
  assert.deepEqual({ ...localFifo, name: 'local', queue: { ...localFifo.queue, kind: 'standard' } }, local);
  assert.equal(localFifo.queue.kind, 'fifo');
});

test('a stack of an invalid environment is not made', () => {
  const config = changed(dev, 'logRetentionDays', 2) as CloudConfig;
  assert.throws(() => stackOf({ config }), /environment 'dev' is not valid:\n {2}- logRetentionDays: 2/);
});
