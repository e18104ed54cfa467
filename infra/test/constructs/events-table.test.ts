import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudTemplate, named } from '../support/template.ts';

test('the events table is paid by use, expires records, can be restored, and is encrypted with the AWS-owned key', () => {
  assert.deepEqual(
    named(cloudTemplate(), 'AWS::DynamoDB::Table', 'TableName', 'sluice-dev-events').Properties,
    {
      TableName: 'sluice-dev-events',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      // False names the AWS-owned key; a table is never unencrypted.
      SSESpecification: { SSEEnabled: false },
    },
  );
});
