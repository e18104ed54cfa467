import type { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

export interface EventsTableProps {
  readonly tableName: string;
  readonly removalPolicy: RemovalPolicy;
}

/** One record per event: its state, lease and result. Records end by themselves at `expiration` (seconds). */
export class EventsTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, props: EventsTableProps) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      tableName: props.tableName,
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiration',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // AWS's own key: always on, free, and no further permission for the functions.
      encryption: dynamodb.TableEncryption.DEFAULT,
      removalPolicy: props.removalPolicy,
    });
  }
}
