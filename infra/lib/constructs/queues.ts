import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { QueueConfig, QueueKind } from '../../config/types.ts';

export interface QueuesProps {
  readonly mainQueueName: string;
  readonly deadLetterQueueName: string;
  readonly kindParameterName: string;
  readonly config: QueueConfig;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * High throughput: each group has limits and deduplication of its own
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html).
 * What is a double is said by who sends it, and not guessed from the body.
 */
const FIFO = {
  fifo: true,
  contentBasedDeduplication: false,
  deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} as const satisfies sqs.QueueProps;

/** The logical id of the parameter that holds the kind, which differs by it. */
const KIND_IDS = { standard: 'StandardKind', fifo: 'FifoKind' } as const satisfies Record<QueueKind, string>;

/** The main queue and the one for what cannot be processed. */
export class Queues extends Construct {
  readonly main: sqs.Queue;
  readonly deadLetter: sqs.Queue;

  constructor(scope: Construct, id: string, props: QueuesProps) {
    super(scope, id);
    const common = {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      receiveMessageWaitTime: Duration.seconds(20),
      // An event and its envelope may be larger than SQS's former 256 KiB.
      maxMessageSizeBytes: 1024 * 1024,
      removalPolicy: props.removalPolicy,
      ...(props.config.kind === 'fifo' ? FIFO : {}),
    };
    this.deadLetter = new sqs.Queue(this, 'DeadLetter', {
      ...common,
      queueName: props.deadLetterQueueName,
      retentionPeriod: Duration.days(props.config.deadLetterRetentionDays),
      redriveAllowPolicy: {
        redrivePermission: sqs.RedrivePermission.BY_QUEUE,
        sourceQueues: [this.mainByName(props.mainQueueName)],
      },
    });
    this.main = new sqs.Queue(this, 'Main', {
      ...common,
      queueName: props.mainQueueName,
      retentionPeriod: Duration.days(props.config.retentionDays),
      visibilityTimeout: Duration.seconds(props.config.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetter, maxReceiveCount: props.config.maxReceiveCount },
    });
    this.keepKind(props);
  }

  /**
   * Refuses to turn deployed queues into the other kind, which would replace them and lose what they hold. The
   * parameter's name is taken then, by the one of the other logical id, and the queues wait for it in vain.
   */
  private keepKind({ config: { kind }, kindParameterName }: QueuesProps): void {
    const parameter = new ssm.StringParameter(this, KIND_IDS[kind], {
      parameterName: kindParameterName,
      description: 'The kind of the queues, which is kept: a deployment of the other kind fails on this name',
      stringValue: kind,
    });
    for (const queue of [this.main, this.deadLetter]) queue.node.addDependency(parameter);
  }

  /** The two queues name each other, which as references would be a cycle: this side goes by name. */
  private mainByName(name: string): sqs.IQueue {
    const arn = Stack.of(this).formatArn({ service: 'sqs', resource: name });
    return sqs.Queue.fromQueueArn(this, 'MainByName', arn);
  }
}
