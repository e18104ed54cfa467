import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNCTIONS } from '../../config/types.ts';
import { readable } from '../../docs/readable.ts';
import { cloudTemplate, localTemplate, named, resourcesOf } from '../support/template.ts';

const template = cloudTemplate();

for (const name of FUNCTIONS) {
  const functionName = `sluice-dev-${name}`;

  test(`${name} is a traced arm64 binary that writes to its own log group`, () => {
    const { Properties } = named(template, 'AWS::Lambda::Function', 'FunctionName', functionName);
    const { Runtime, Handler, Architectures, TracingConfig, LoggingConfig } = Properties;
    assert.deepEqual(
      { Runtime, Handler, Architectures, TracingConfig, LoggingConfig: readable(template, LoggingConfig) },
      {
        Runtime: 'provided.al2023',
        Handler: 'bootstrap',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: `/aws/lambda/${functionName}` },
      },
    );
  });

  test(`${name} has a role of its own that only Lambda may take`, () => {
    const { Properties } = named(template, 'AWS::Lambda::Function', 'FunctionName', functionName);
    const { Role } = Properties as { Role: { 'Fn::GetAtt': [string, string] } };
    const role = Object.entries(template.findResources('AWS::IAM::Role')).find(
      ([id]) => id === Role['Fn::GetAtt'][0],
    );
    assert.equal(role?.[1].Properties.Description, `Role of ${functionName}`);
    assert.deepEqual(role?.[1].Properties.AssumeRolePolicyDocument.Statement, [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  });
}

test('sizes come from the configuration', () => {
  const sizes = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => [
    Properties.FunctionName,
    Properties.Timeout,
    Properties.MemorySize,
  ]);
  assert.deepEqual(sizes.sort(), [
    ['sluice-dev-ingest', 20, 256],
    ['sluice-dev-query', 10, 256],
    ['sluice-dev-worker', 30, 512],
  ]);
});

test('on the local cloud functions are of the machine they run on', () => {
  for (const { Properties } of resourcesOf(localTemplate(), 'AWS::Lambda::Function')) {
    assert.deepEqual(Properties.Architectures, ['x86_64']);
  }
});

test('there are no functions but these, none made by CDK for itself', () => {
  assert.equal(resourcesOf(template, 'AWS::Lambda::Function').length, FUNCTIONS.length);
});
