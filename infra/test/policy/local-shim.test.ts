import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from 'aws-cdk-lib';
import { dev } from '../../config/dev.ts';
import { readable } from '../../docs/readable.ts';
import { LocalShim } from '../../lib/policy/local-shim.ts';
import { roleStatements } from '../support/iam.ts';
import { appUnderTest, cloudTemplate, localTemplate, resourcesOf } from '../support/template.ts';

const names = (action: string, resource: string) => ({ Effect: 'Allow', Action: action, Resource: resource });

test('on the local cloud each role gets the local names of the actions it holds, and no others', () => {
  const template = localTemplate();
  const policies = resourcesOf(template, 'AWS::IAM::Policy').map(({ Properties }) =>
    readable(template, (Properties.PolicyDocument as { Statement: unknown }).Statement),
  );
  assert.deepEqual(policies, [
    [
      names('dynamodb:BatchExecuteStatement', '*'),
      names('sqs:ChangeMessageVisibilityBatch', 'sluice-local-main.Arn'),
      names('sqs:SendMessageBatch', 'sluice-local-dlq.Arn'),
    ],
    [names('dynamodb:BatchExecuteStatement', '*'), names('sqs:SendMessageBatch', 'sluice-local-main.Arn')],
    [names('lambda:ListEventSourceMappings', '*')],
  ]);
});

test('the roles themselves say the same on the local cloud as on AWS', () => {
  const cloud = JSON.stringify(roleStatements(cloudTemplate(), 'sluice-dev-worker'));
  const local = JSON.stringify(roleStatements(localTemplate(), 'sluice-local-worker'));
  assert.equal(
    local.replaceAll('sluice-local', 'sluice-dev').replace('/sluice/local/', '/sluice/dev/'),
    cloud,
  );
});

test('a cloud template has no local names', () => {
  assert.deepEqual(resourcesOf(cloudTemplate(), 'AWS::IAM::Policy'), []);
});

test('a cloud environment can not have the shim', () => {
  assert.throws(() => new LocalShim(new Stack(appUnderTest()), 'Shim', { config: dev, functions: [] }), {
    message: "environment 'dev': LocalShim is for local environments only",
  });
});
