import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * What a function's role must hold although no line of the function's code names it: AWS acts in the
 * function's name, or checks an action under another name than the operation called. Each need
 * carries the page of AWS that demands it. Only here may a statement name every resource.
 */
export interface PlatformNeed {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly page: string;
}

/** Lambda writes the function's output to its log group. */
export const LOGS: PlatformNeed = {
  sid: 'Logs',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  page: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
};

/** Lambda polls the queue, and deletes what was done, with the function's role. */
export const POLLING: PlatformNeed = {
  sid: 'Polling',
  actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  page: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
};

/** Needs whose actions AWS checks against no resource at all. */
export const WITHOUT_RESOURCE = {
  traces: {
    sid: 'Traces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html',
  },
  queueMetrics: {
    sid: 'QueueMetrics',
    actions: ['cloudwatch:GetMetricData'],
    page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html',
  },
} as const satisfies Record<string, PlatformNeed>;

/** Actions that AWS checks where the code calls an operation of another name. */
export const CHECKED_FOR = {
  'sqs:SendMessage': {
    operation: 'sqs:SendMessageBatch',
    page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api.html',
  },
  'sqs:ChangeMessageVisibility': {
    operation: 'sqs:ChangeMessageVisibilityBatch',
    page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api.html',
  },
  'dynamodb:PartiQLInsert': {
    operation: 'dynamodb:BatchExecuteStatement',
    page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html',
  },
  'dynamodb:PartiQLUpdate': {
    operation: 'dynamodb:BatchExecuteStatement',
    page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html',
  },
} as const satisfies Record<string, { readonly operation: string; readonly page: string }>;

/** What Lambda itself needs in every function's role. */
export function everyFunction(logGroupArn: string): iam.PolicyStatement[] {
  return [allow(LOGS, logGroupArn), withoutResource('traces')];
}

export function polling(queueArn: string): iam.PolicyStatement {
  return allow(POLLING, queueArn);
}

export function withoutResource(need: keyof typeof WITHOUT_RESOURCE): iam.PolicyStatement {
  return allow(WITHOUT_RESOURCE[need], '*');
}

function allow(need: PlatformNeed, resource: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: need.sid, actions: [...need.actions], resources: [resource] });
}
