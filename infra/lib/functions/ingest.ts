import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { recordTtlSeconds } from '../../config/durations.ts';
import { type FunctionProps, RustFunction } from '../constructs/rust-function.ts';
import { statementsOf } from '../policy/actions.ts';
import { type FaultProps, faultStatements, faultVariables } from './faults.ts';

export interface IngestProps extends FunctionProps, FaultProps {
  readonly table: dynamodb.ITable;
  readonly mainQueue: sqs.IQueue;
  /** The API's address as clients see it, where the request itself does not tell. */
  readonly publicUrl?: string;
}

/** Takes events at the door and puts them in the main queue. */
export class Ingest extends Construct {
  readonly rust: RustFunction;

  constructor(scope: Construct, id: string, props: IngestProps) {
    super(scope, id);
    const { config } = props;
    this.rust = new RustFunction(this, 'Rust', {
      ...props,
      description: 'Takes events at the door and puts them in the main queue',
      sizing: config.functions.ingest,
      environment: {
        ENVIRONMENT: config.name,
        EVENTS_TABLE: props.table.tableName,
        QUEUE_URL: props.mainQueue.queueUrl,
        RECORD_TTL_SECONDS: String(recordTtlSeconds(config.queue)),
        RESEND_AFTER_SECONDS: String(config.ingest.resendAfterSeconds),
        MAX_EVENT_BYTES: String(config.ingest.maxEventBytes),
        ACCESS: config.access,
        ...faultVariables(props),
        ...(props.publicUrl === undefined ? {} : { PUBLIC_URL: props.publicUrl }),
      },
      statements: [
        ...statementsOf('ingest', {
          EventsTable: props.table.tableArn,
          MainQueue: props.mainQueue.queueArn,
        }),
        ...faultStatements(props),
      ],
    });
  }
}
