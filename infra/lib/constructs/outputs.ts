import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What scripts, tests and people read after a deployment; the keys are an interface. */
export interface OutputValues {
  /** Without a trailing slash. */
  readonly ApiUrl: string;
  readonly QueueUrl: string;
  readonly DlqUrl: string;
  readonly EventsTable: string;
  readonly EventBusName: string;
  readonly FailureModeParameter: string;
  readonly Region: string;
  readonly IngestFunction: string;
  readonly WorkerFunction: string;
  readonly QueryFunction: string;
  readonly EventSourceMappingId: string;
}

/** The stack's outputs, under exactly these keys. */
export class Outputs extends Construct {
  constructor(scope: Construct, values: OutputValues) {
    super(scope, 'Outputs');
    for (const [key, value] of Object.entries(values)) {
      new CfnOutput(this, key, { value }).overrideLogicalId(key);
    }
  }
}
