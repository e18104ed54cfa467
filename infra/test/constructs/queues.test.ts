import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { readable } from '../../docs/readable.ts';
import {
  cloudTemplate,
  fifoTemplate,
  localTemplate,
  named,
  type Resource,
  resourcesOf,
} from '../support/template.ts';

const template = cloudTemplate();
const queue = (name: string) =>
  readable(template, named(template, 'AWS::SQS::Queue', 'QueueName', name).Properties);

const COMMON = {
  MaximumMessageSize: 1_048_576,
  ReceiveMessageWaitTimeSeconds: 20,
  SqsManagedSseEnabled: true,
};

test('the main queue is encrypted, polled long, kept 4 days, and backed by the DLQ after 1000 receives', () => {
  assert.deepEqual(queue('sluice-dev-main'), {
    ...COMMON,
    QueueName: 'sluice-dev-main',
    MessageRetentionPeriod: 4 * 86_400,
    VisibilityTimeout: 181,
    RedrivePolicy: { deadLetterTargetArn: 'sluice-dev-dlq.Arn', maxReceiveCount: 1000 },
  });
});

test('the DLQ is kept 14 days and takes moved messages from the main queue only', () => {
  assert.deepEqual(queue('sluice-dev-dlq'), {
    ...COMMON,
    QueueName: 'sluice-dev-dlq',
    MessageRetentionPeriod: 14 * 86_400,
    RedriveAllowPolicy: {
      redrivePermission: 'byQueue',
      sourceQueueArns: ['arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:sluice-dev-main'],
    },
  });
});

test('messages stay hidden at least six timeouts of the worker and its batching window, everywhere', () => {
  for (const [deployed, name] of [
    [template, 'dev'],
    [localTemplate(), 'local'],
  ] as const) {
    const worker = named(
      deployed,
      'AWS::Lambda::Function',
      'FunctionName',
      `sluice-${name}-worker`,
    ).Properties;
    const hidden = named(deployed, 'AWS::SQS::Queue', 'QueueName', `sluice-${name}-main`).Properties;
    const [mapping] = resourcesOf(deployed, 'AWS::Lambda::EventSourceMapping');
    const least = 6 * Number(worker.Timeout) + Number(mapping?.Properties.MaximumBatchingWindowInSeconds);
    assert.ok(Number(hidden.VisibilityTimeout) >= least, `${name}: under ${least} s`);
  }
});

test('receives and retention come from the configuration', () => {
  const other = cloudTemplate({ queue: { ...dev.queue, maxReceiveCount: 200, retentionDays: 2 } });
  const main = named(other, 'AWS::SQS::Queue', 'QueueName', 'sluice-dev-main').Properties;
  assert.equal((main.RedrivePolicy as { maxReceiveCount: number }).maxReceiveCount, 200);
  assert.equal(main.MessageRetentionPeriod, 2 * 86_400);
});

test('of FIFO queues each group has limits and doubles of its own, and the sender says what is a double', () => {
  const fifo = fifoTemplate();
  for (const name of ['sluice-dev-main.fifo', 'sluice-dev-dlq.fifo']) {
    const { Properties } = named(fifo, 'AWS::SQS::Queue', 'QueueName', name);
    const { FifoQueue, ContentBasedDeduplication, DeduplicationScope, FifoThroughputLimit } = Properties;
    assert.deepEqual(
      { FifoQueue, ContentBasedDeduplication, DeduplicationScope, FifoThroughputLimit },
      {
        FifoQueue: true,
        ContentBasedDeduplication: false,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      },
    );
  }
  assert.equal(resourcesOf(fifo, 'AWS::SQS::Queue').length, 2);
});

test('but for that, FIFO queues are as the others', () => {
  const fifo = fifoTemplate();
  const main = named(fifo, 'AWS::SQS::Queue', 'QueueName', 'sluice-dev-main.fifo').Properties;
  const deadLetter = named(fifo, 'AWS::SQS::Queue', 'QueueName', 'sluice-dev-dlq.fifo').Properties;
  for (const properties of [main, deadLetter]) {
    assert.deepEqual({ ...properties, ...COMMON }, properties);
  }
  assert.deepEqual(readable(fifo, main.RedrivePolicy), {
    deadLetterTargetArn: 'sluice-dev-dlq.fifo.Arn',
    maxReceiveCount: 1000,
  });
  assert.deepEqual(readable(fifo, deadLetter.RedriveAllowPolicy), {
    redrivePermission: 'byQueue',
    sourceQueueArns: ['arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:sluice-dev-main.fifo'],
  });
});

test('queues of the other kind wait for a parameter whose name is taken', () => {
  const kinds = [template, fifoTemplate()].map((deployed) => {
    const parameters = Object.entries(deployed.findResources('AWS::SSM::Parameter'));
    const [id = '', { Properties }] = parameters.find(
      ([, { Properties }]) => Properties.Name === '/sluice/dev/queue_kind',
    ) as [string, Resource];
    for (const queue of Object.values(deployed.findResources('AWS::SQS::Queue'))) {
      assert.ok((queue.DependsOn as string[]).includes(id));
    }
    return { id, value: Properties.Value };
  });
  assert.deepEqual(
    kinds.map(({ value }) => value),
    ['standard', 'fifo'],
  );
  assert.notEqual(kinds[0]?.id, kinds[1]?.id);
});

test('both queues refuse whoever comes without TLS', () => {
  const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').map(({ Properties }) =>
    readable(template, Properties),
  );
  const deny = (name: string) => ({
    Queues: [name],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Resource: `${name}.Arn`,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  assert.deepEqual(policies, [deny('sluice-dev-dlq'), deny('sluice-dev-main')]);
});
