import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigw from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Access, ApiConfig } from '../../config/types.ts';

export interface HttpApiProps {
  readonly apiName: string;
  readonly logGroupName: string;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly access: Access;
  readonly config: ApiConfig;
  readonly ingest: lambda.IFunction;
  readonly query: lambda.IFunction;
}

/** One line per request, as JSON. Nothing in it was written by a caller, whose quotes could break the line. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  method: '$context.httpMethod',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  gatewayError: '$context.error.message',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
};

/** The HTTP API: producers' and operators' routes, and one that answers everything else. */
export class HttpApi extends Construct {
  readonly api: apigw.HttpApi;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.api = new apigw.HttpApi(this, 'Api', {
      apiName: props.apiName,
      createDefaultStage: false,
      ...corsOf(props.config),
    });
    this.addRoutes(props);
    this.addStage(props);
  }

  private addRoutes(props: HttpApiProps): void {
    const ingest = new HttpLambdaIntegration('Ingest', props.ingest);
    const query = new HttpLambdaIntegration('Query', props.query);
    const producers = props.access === 'iam' ? new HttpIamAuthorizer() : new apigw.HttpNoneAuthorizer();
    const anyone = new apigw.HttpNoneAuthorizer();
    const { GET, POST } = apigw.HttpMethod;
    const route = (key: apigw.HttpRouteKey, integration: HttpLambdaIntegration, authorizer = producers) =>
      new apigw.HttpRoute(this, key.key, { httpApi: this.api, routeKey: key, integration, authorizer });

    route(apigw.HttpRouteKey.with('/events', POST), ingest);
    route(apigw.HttpRouteKey.with('/events/{id}', GET), query);
    route(apigw.HttpRouteKey.with('/queues', GET), query);
    route(apigw.HttpRouteKey.with('/health', GET), query, anyone);
    // Only ever answers 404 and 405, which needs no caller.
    route(apigw.HttpRouteKey.DEFAULT, query, anyone);
  }

  private addStage(props: HttpApiProps): void {
    const logGroup = new logs.LogGroup(this, 'AccessLogs', {
      logGroupName: props.logGroupName,
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    new apigw.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.config.ratePerSecond, burstLimit: props.config.burst },
      accessLogSettings: {
        destination: new apigw.LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}

function corsOf({ corsAllowOrigins }: ApiConfig): Pick<apigw.HttpApiProps, 'corsPreflight'> {
  if (corsAllowOrigins.length === 0) return {};
  return {
    corsPreflight: {
      allowOrigins: [...corsAllowOrigins],
      allowMethods: [apigw.CorsHttpMethod.GET, apigw.CorsHttpMethod.POST],
      allowHeaders: [
        'authorization',
        'content-type',
        'idempotency-key',
        'x-amz-date',
        'x-amz-security-token',
      ],
      exposeHeaders: ['retry-after', 'x-request-id'],
      maxAge: Duration.hours(1),
    },
  };
}
