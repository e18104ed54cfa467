import type { Template } from 'aws-cdk-lib/assertions';
import { readable } from '../../docs/readable.ts';
import { named, resourcesOf } from './template.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** All that a function's role allows by its own policy; a managed policy would be more than that. */
export function roleStatements(template: Template, functionName: string): unknown {
  const role = named(template, 'AWS::IAM::Role', 'Description', `Role of ${functionName}`);
  if (role.Properties.ManagedPolicyArns !== undefined) throw new Error('the role has managed policies');
  const policies = role.Properties.Policies as readonly Policy[];
  return readable(
    template,
    policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  );
}

/** The statements of every policy on a role in the template, own or attached. */
export function allStatements(template: Template): readonly Statement[] {
  const own = resourcesOf(template, 'AWS::IAM::Role').flatMap(
    ({ Properties }) => (Properties.Policies ?? []) as readonly Policy[],
  );
  const attached = resourcesOf(template, 'AWS::IAM::Policy').map(
    ({ Properties }) => Properties as unknown as Policy,
  );
  return [...own, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export function allow(sid: string, actions: string | readonly string[], resource: string): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource };
}

/** Where faults may be injected. */
export function failureMode(environment: string): Statement {
  const parameter = `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/sluice/${environment}/failure_mode`;
  return allow('FailureMode', 'ssm:GetParameter', parameter);
}

/** What Lambda itself needs in every function's role. */
export function platform(functionName: string): readonly Statement[] {
  return [
    allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], `/aws/lambda/${functionName}.Arn`),
    allow('Traces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*'),
  ];
}
