import * as iam from 'aws-cdk-lib/aws-iam';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type { EnvironmentConfig } from '../../config/types.ts';

export interface FaultProps {
  readonly config: EnvironmentConfig;
  readonly failureMode: ssm.IParameter;
}

/** What ingest and the worker are told of faults on demand: nothing of the parameter where none may be injected. */
export function faultVariables({ config, failureMode }: FaultProps): Readonly<Record<string, string>> {
  if (config.faultInjection !== 'allowed') return { FAULT_INJECTION: config.faultInjection };
  return {
    FAULT_INJECTION: config.faultInjection,
    FAILURE_MODE_PARAMETER: failureMode.parameterName,
    FAULT_CACHE_SECONDS: String(config.faultCacheSeconds),
  };
}

/** That they may read the parameter, where faults may be injected. */
export function faultStatements({ config, failureMode }: FaultProps): readonly iam.PolicyStatement[] {
  if (config.faultInjection !== 'allowed') return [];
  return [
    new iam.PolicyStatement({
      sid: 'FailureMode',
      actions: ['ssm:GetParameter'],
      resources: [failureMode.parameterArn],
    }),
  ];
}
