import { CliCredentialsStackSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../config/types.ts';
import { assertValid } from '../../config/validate.ts';
import { EventsTable } from '../constructs/events-table.ts';
import { FunctionCode } from '../constructs/function-code.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { Outputs } from '../constructs/outputs.ts';
import { Queues } from '../constructs/queues.ts';
import type { FunctionProps, Runtime } from '../constructs/rust-function.ts';
import type { Deployment } from '../context.ts';
import { Ingest } from '../functions/ingest.ts';
import { Query } from '../functions/query.ts';
import { Worker } from '../functions/worker.ts';
import { namesOf } from '../names.ts';
import { LocalShim } from '../policy/local-shim.ts';

/** One environment, whole. */
export class SluiceStack extends Stack {
  constructor(scope: Construct, deployment: Deployment) {
    const { config } = deployment;
    assertValid(config);
    const local = 'local' in deployment ? deployment.local : undefined;
    const names = namesOf(config);
    super(scope, names.stack, {
      description: `Sluice, environment ${config.name}: event ingestion with a dead-letter queue`,
      terminationProtection: config.terminationProtection,
      // The local cloud's IAM refuses the publishing roles which `cdk bootstrap` makes.
      ...(local === undefined ? {} : { synthesizer: new CliCredentialsStackSynthesizer() }),
    });

    // Kept, but for what a failed first deployment made: its names would be in the way of the second.
    const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const removalPolicy = config.retainData ? kept : RemovalPolicy.DESTROY;
    const queues = new Queues(this, 'Queues', {
      mainQueueName: names.mainQueue,
      deadLetterQueueName: names.deadLetterQueue,
      kindParameterName: names.queueKindParameter,
      config: config.queue,
      removalPolicy,
    });
    const { table } = new EventsTable(this, 'Events', { tableName: names.eventsTable, removalPolicy });
    const bus = new events.EventBus(this, 'Bus', { eventBusName: names.eventBus });
    bus.applyRemovalPolicy(removalPolicy);
    const failureMode = new ssm.StringParameter(this, 'FailureMode', {
      parameterName: names.failureModeParameter,
      description: 'Faults to inject; an update of the stack leaves a changed value alone',
      stringValue: 'none',
    });

    const code = new FunctionCode(this, 'Code', { functionsDir: deployment.functionsDir });
    const runtime: Runtime = {
      architecture:
        local?.architecture === 'x86_64' ? lambda.Architecture.X86_64 : lambda.Architecture.ARM_64,
      logRetention: config.logRetentionDays,
      removalPolicy,
    };
    const common = (name: FunctionName): FunctionProps => ({
      functionName: names.function(name),
      logGroupName: names.functionLogGroup(name),
      code: code.of(name),
      runtime,
    });
    const shared = { config, table, mainQueue: queues.main, deadLetterQueue: queues.deadLetter };

    const worker = new Worker(this, 'Worker', { ...common('worker'), ...shared, bus, failureMode });
    const ingest = new Ingest(this, 'Ingest', {
      ...common('ingest'),
      ...shared,
      failureMode,
      // Its id is not known before the API is, which needs the function: ingest fills it in.
      publicUrl: local && `${local.endpoint}/_aws/execute-api/{apiId}`,
    });
    const query = new Query(this, 'Query', { ...common('query'), ...shared, mapping: worker.mapping });
    const { api } = new HttpApi(this, 'Http', {
      apiName: names.api,
      logGroupName: names.apiLogGroup,
      logRetention: config.logRetentionDays,
      removalPolicy,
      access: config.access,
      config: config.api,
      ingest: ingest.rust.function,
      query: query.rust.function,
    });

    if (config.kind === 'local') {
      new LocalShim(this, 'LocalShim', { config, functions: [ingest.rust, worker.rust, query.rust] });
    }
    new Outputs(this, {
      ApiUrl: local ? `${local.endpoint}/_aws/execute-api/${api.apiId}` : api.apiEndpoint,
      QueueUrl: queues.main.queueUrl,
      DlqUrl: queues.deadLetter.queueUrl,
      EventsTable: table.tableName,
      EventBusName: bus.eventBusName,
      FailureModeParameter: failureMode.parameterName,
      Region: this.region,
      IngestFunction: ingest.rust.function.functionName,
      WorkerFunction: worker.rust.function.functionName,
      QueryFunction: query.rust.function.functionName,
      EventSourceMappingId: worker.mapping.eventSourceMappingId,
    });
  }
}
