import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigw from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Access, type ApiConfig, ROUTES, type Route } from '../../config/types.ts';

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

/** Which function answers a route, and whether it wants to know who calls. */
const ROUTE_TABLE: Readonly<Record<Route, { readonly by: 'ingest' | 'query'; readonly open: boolean }>> = {
  'POST /events': { by: 'ingest', open: false },
  'GET /events/{id}': { by: 'query', open: false },
  'GET /queues': { by: 'query', open: false },
  'GET /health': { by: 'query', open: true },
  // Only ever answers 404 and 405, which needs no caller.
  $default: { by: 'query', open: true },
};

/** What a browser may send beside its own headers: ours, CloudEvents' in binary mode, and a signature's. */
const CORS_REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'traceparent',
  'x-amz-date',
  'x-amz-security-token',
  'x-message-group',
  'ce-id',
  'ce-source',
  'ce-specversion',
  'ce-type',
  'ce-subject',
  'ce-time',
  'ce-dataschema',
  'ce-partitionkey',
];

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
    this.addStage(props, this.addRoutes(props));
  }

  private addRoutes(props: HttpApiProps): apigw.HttpRoute[] {
    const integrations = {
      ingest: new HttpLambdaIntegration('Ingest', props.ingest),
      query: new HttpLambdaIntegration('Query', props.query),
    };
    const anyone = new apigw.HttpNoneAuthorizer();
    const producers = props.access === 'iam' ? new HttpIamAuthorizer() : anyone;
    return ROUTES.map((route) => {
      const { by, open } = ROUTE_TABLE[route];
      return new apigw.HttpRoute(this, route, {
        httpApi: this.api,
        routeKey: keyOf(route),
        integration: integrations[by],
        authorizer: open ? anyone : producers,
      });
    });
  }

  private addStage(props: HttpApiProps, routes: readonly apigw.HttpRoute[]): void {
    const logGroup = new logs.LogGroup(this, 'AccessLogs', {
      logGroupName: props.logGroupName,
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const { throttling } = props.config;
    const stage = new apigw.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttling.default.ratePerSecond, burstLimit: throttling.default.burst },
      accessLogSettings: {
        destination: new apigw.LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // Every route by name, so that each has limits to itself: a flood of one leaves the others theirs.
    (stage.node.defaultChild as apigw.CfnStage).routeSettings = Object.fromEntries(
      ROUTES.map((route) => {
        const { ratePerSecond, burst } = throttling.routes[route] ?? throttling.default;
        return [route, { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst }];
      }),
    );
    // API Gateway refuses settings of a route that is not there yet.
    stage.node.addDependency(...routes);
  }
}

function keyOf(route: Route): apigw.HttpRouteKey {
  const [method, path] = route.split(' ');
  return path === undefined
    ? apigw.HttpRouteKey.DEFAULT
    : apigw.HttpRouteKey.with(path, method as apigw.HttpMethod);
}

function corsOf({ corsAllowOrigins }: ApiConfig): Pick<apigw.HttpApiProps, 'corsPreflight'> {
  if (corsAllowOrigins.length === 0) return {};
  return {
    corsPreflight: {
      allowOrigins: [...corsAllowOrigins],
      allowMethods: [apigw.CorsHttpMethod.GET, apigw.CorsHttpMethod.POST],
      allowHeaders: CORS_REQUEST_HEADERS,
      exposeHeaders: ['retry-after', 'x-request-id'],
      maxAge: Duration.hours(1),
    },
  };
}
