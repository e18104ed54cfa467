import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DAY_SECONDS } from '../../config/durations.ts';
import type { EnvironmentConfig } from '../../config/types.ts';
import { type FunctionProps, RustFunction } from '../constructs/rust-function.ts';
import { statementsOf } from '../policy/actions.ts';
import { withoutResource } from '../policy/platform.ts';

export interface QueryProps extends FunctionProps {
  readonly config: EnvironmentConfig;
  readonly table: dynamodb.ITable;
  readonly mainQueue: sqs.IQueue;
  readonly deadLetterQueue: sqs.IQueue;
  readonly mapping: lambda.EventSourceMapping;
}

/** Answers what became of an event and how the queues stand, and everything no route takes. */
export class Query extends Construct {
  readonly rust: RustFunction;

  constructor(scope: Construct, id: string, props: QueryProps) {
    super(scope, id);
    const { config } = props;
    this.rust = new RustFunction(this, 'Rust', {
      ...props,
      description: 'Answers what became of an event and how the queues stand',
      sizing: config.functions.query,
      environment: {
        ENVIRONMENT: config.name,
        EVENTS_TABLE: props.table.tableName,
        QUEUE_URL: props.mainQueue.queueUrl,
        DLQ_URL: props.deadLetterQueue.queueUrl,
        EVENT_SOURCE_MAPPING_ID: props.mapping.eventSourceMappingId,
        MAIN_RETENTION_SECONDS: String(config.queue.retentionDays * DAY_SECONDS),
        ACCESS: config.access,
      },
      statements: [
        ...statementsOf('query', {
          EventsTable: props.table.tableArn,
          MainQueue: props.mainQueue.queueArn,
          DeadLetterQueue: props.deadLetterQueue.queueArn,
          EventSourceMapping: props.mapping.eventSourceMappingArn,
        }),
        withoutResource('queueMetrics'),
      ],
    });
  }
}
