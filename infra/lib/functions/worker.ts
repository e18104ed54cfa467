import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { recordTtlSeconds } from '../../config/durations.ts';
import { type FunctionProps, RustFunction } from '../constructs/rust-function.ts';
import { statementsOf } from '../policy/actions.ts';
import { polling } from '../policy/platform.ts';
import { type FaultProps, faultStatements, faultVariables } from './faults.ts';

export interface WorkerProps extends FunctionProps, FaultProps {
  readonly table: dynamodb.ITable;
  readonly mainQueue: sqs.IQueue;
  readonly deadLetterQueue: sqs.IQueue;
  readonly bus: events.IEventBus;
}

/** Processes what the main queue holds, fed by an event source mapping. */
export class Worker extends Construct {
  readonly rust: RustFunction;
  readonly mapping: lambda.EventSourceMapping;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    const { config } = props;
    this.rust = new RustFunction(this, 'Rust', {
      ...props,
      description: 'Processes events and records and publishes their outcomes',
      sizing: config.functions.worker,
      environment: {
        ENVIRONMENT: config.name,
        EVENTS_TABLE: props.table.tableName,
        QUEUE_URL: props.mainQueue.queueUrl,
        DLQ_URL: props.deadLetterQueue.queueUrl,
        EVENT_BUS_NAME: props.bus.eventBusName,
        RECORD_TTL_SECONDS: String(recordTtlSeconds(config.queue)),
        MAX_ATTEMPTS: String(config.worker.maxAttempts),
        BACKOFF_BASE_SECONDS: String(config.worker.backoffBaseSeconds),
        BACKOFF_CAP_SECONDS: String(config.worker.backoffCapSeconds),
        DEADLINE_RESERVE_MS: String(config.worker.deadlineReserveMilliseconds),
        COMPLETION_LOG_PERCENT: String(config.worker.completionLogPercent),
        ...faultVariables(props),
      },
      statements: [
        ...statementsOf('worker', {
          EventsTable: props.table.tableArn,
          MainQueue: props.mainQueue.queueArn,
          DeadLetterQueue: props.deadLetterQueue.queueArn,
          EventBus: props.bus.eventBusArn,
        }),
        ...faultStatements(props),
        polling(props.mainQueue.queueArn),
      ],
    });
    // `enabled` is left alone: a source paused in an outage must stay paused through a deployment.
    this.mapping = new lambda.EventSourceMapping(this, 'Mapping', {
      target: this.rust.function,
      eventSourceArn: props.mainQueue.queueArn,
      batchSize: config.worker.batchSize,
      // Not even a window of nothing for FIFO, where Lambda has none.
      maxBatchingWindow:
        config.queue.kind === 'fifo' ? undefined : Duration.seconds(config.worker.batchingWindowSeconds),
      maxConcurrency: config.worker.maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
