import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { readable } from '../../docs/readable.ts';
import { cloudTemplate, named, resourcesOf } from '../support/template.ts';

const template = cloudTemplate();

function routes(from: ReturnType<typeof cloudTemplate>): Record<string, unknown> {
  const integrations = from.findResources('AWS::ApiGatewayV2::Integration');
  return Object.fromEntries(
    resourcesOf(from, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => {
      const target = Properties.Target as { 'Fn::Join': [string, [string, { Ref: string }]] };
      const integration = integrations[target['Fn::Join'][1][1].Ref];
      const handler = readable(from, integration?.Properties.IntegrationUri);
      return [Properties.RouteKey, [Properties.AuthorizationType, handler]];
    }),
  );
}

test('with access iam producers sign their calls; health and unknown routes are open', () => {
  assert.deepEqual(routes(template), {
    'POST /events': ['AWS_IAM', 'sluice-dev-ingest.Arn'],
    'GET /events/{id}': ['AWS_IAM', 'sluice-dev-query.Arn'],
    'GET /queues': ['AWS_IAM', 'sluice-dev-query.Arn'],
    'GET /health': ['NONE', 'sluice-dev-query.Arn'],
    $default: ['NONE', 'sluice-dev-query.Arn'],
  });
});

test('with access none every route is open', () => {
  assert.deepEqual(routes(cloudTemplate({ access: 'none', allowPublicAccess: true })), {
    'POST /events': ['NONE', 'sluice-dev-ingest.Arn'],
    'GET /events/{id}': ['NONE', 'sluice-dev-query.Arn'],
    'GET /queues': ['NONE', 'sluice-dev-query.Arn'],
    'GET /health': ['NONE', 'sluice-dev-query.Arn'],
    $default: ['NONE', 'sluice-dev-query.Arn'],
  });
});

test('only this API may call the functions', () => {
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission').map(({ Properties }) =>
    readable(template, [Properties.FunctionName, Properties.Principal, Properties.SourceArn]),
  );
  const gateway = 'apigateway.amazonaws.com';
  const api = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:sluice-dev';
  assert.deepEqual(permissions, [
    ['sluice-dev-ingest.Arn', gateway, `${api}/*/*/events`],
    ['sluice-dev-query.Arn', gateway, `${api}/*/*/events/{id}`],
    ['sluice-dev-query.Arn', gateway, `${api}/*/*/queues`],
    ['sluice-dev-query.Arn', gateway, `${api}/*/*/health`],
    ['sluice-dev-query.Arn', gateway, `${api}/*/*`],
  ]);
});

test('the one stage deploys itself and logs each request as JSON, in the group kept for that', () => {
  const stages = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
  assert.equal(stages.length, 1);
  const { AccessLogSettings, ApiId, AutoDeploy, StageName } = readable(template, stages[0]?.Properties) as {
    AccessLogSettings: { DestinationArn: string; Format: string };
    ApiId: string;
    AutoDeploy: boolean;
    StageName: string;
  };
  assert.deepEqual([ApiId, AutoDeploy, StageName], ['sluice-dev', true, '$default']);
  assert.equal(AccessLogSettings.DestinationArn, '/aws/apigateway/sluice-dev.Arn');
  const line = JSON.parse(AccessLogSettings.Format) as Record<string, string>;
  assert.ok(Object.values(line).every((value) => value.startsWith('$context.')));
  for (const key of ['requestId', 'time', 'routeKey', 'status', 'latencyMs']) assert.ok(key in line, key);
});

const limits = (rate: number, burst: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });

test('each route is throttled by itself, so that a flood of status polls leaves producers their share', () => {
  const throttling = {
    default: { ratePerSecond: 10, burst: 20 },
    routes: {
      'POST /events': { ratePerSecond: 300, burst: 600 },
      'GET /events/{id}': { ratePerSecond: 40, burst: 80 },
    },
  };
  const [stage] = resourcesOf(cloudTemplate({ api: { ...dev.api, throttling } }), 'AWS::ApiGatewayV2::Stage');
  assert.deepEqual(stage?.Properties.RouteSettings, {
    'POST /events': limits(300, 600),
    'GET /events/{id}': limits(40, 80),
    'GET /queues': limits(10, 20),
    'GET /health': limits(10, 20),
    $default: limits(10, 20),
  });
  assert.deepEqual(stage?.Properties.DefaultRouteSettings, limits(10, 20));
});

test('the stage waits for all its routes, whose settings are refused while they are not there', () => {
  const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
  const routeIds = Object.keys(template.findResources('AWS::ApiGatewayV2::Route'));
  const awaited = stage?.DependsOn as readonly string[];
  assert.deepEqual(
    routeIds.filter((id) => !awaited.includes(id)),
    [],
  );
});

test('no value that a caller writes stands in the access log, where its quotes would break the line', () => {
  const stages = JSON.stringify(resourcesOf(template, 'AWS::ApiGatewayV2::Stage'));
  for (const written of ['$context.path', '$context.identity.userAgent', '$context.requestOverride']) {
    assert.ok(!stages.includes(written), written);
  }
});

test('browser origins are answered where the configuration lists them, and only there', () => {
  const cors = (from: ReturnType<typeof cloudTemplate>) =>
    named(from, 'AWS::ApiGatewayV2::Api', 'Name', 'sluice-dev').Properties.CorsConfiguration;
  assert.equal(cors(template), undefined);
  assert.deepEqual(cors(cloudTemplate({ api: { ...dev.api, corsAllowOrigins: ['https://shop.example'] } })), {
    AllowOrigins: ['https://shop.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: [
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
    ],
    ExposeHeaders: ['retry-after', 'x-request-id'],
    MaxAge: 3600,
  });
});
