import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSizing } from '../../config/types.ts';
import { everyFunction } from '../policy/platform.ts';

/** What every function of one deployment has in common. */
export interface Runtime {
  readonly architecture: lambda.Architecture;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** What a function is given by the stack, whatever it does. */
export interface FunctionProps {
  readonly functionName: string;
  readonly logGroupName: string;
  /** A directory with an executable `bootstrap`. */
  readonly code: lambda.Code;
  readonly runtime: Runtime;
}

export interface RustFunctionProps extends FunctionProps {
  readonly description: string;
  readonly sizing: FunctionSizing;
  readonly environment: Readonly<Record<string, string>>;
  /** All that the function's code may do; logs and traces are added here. */
  readonly statements: readonly iam.PolicyStatement[];
}

/** A Rust binary on Lambda with a role that can do what is listed and nothing else. */
export class RustFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  /** What the role's own policy says of the function's code. */
  readonly statements: readonly iam.PolicyStatement[];

  constructor(scope: Construct, id: string, props: RustFunctionProps) {
    super(scope, id);
    this.statements = props.statements;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: props.logGroupName,
      retention: props.runtime.logRetention,
      removalPolicy: props.runtime.removalPolicy,
    });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of ${props.functionName}`,
      inlinePolicies: {
        function: new iam.PolicyDocument({
          statements: [...props.statements, ...everyFunction(logGroup.logGroupArn)],
        }),
      },
    });
    this.function = new lambda.Function(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: 'bootstrap',
      architecture: props.runtime.architecture,
      code: props.code,
      timeout: Duration.seconds(props.sizing.timeoutSeconds),
      memorySize: props.sizing.memoryMegabytes,
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      environment: { ...props.environment },
      // CDK adds statements of its own choice to a role it may change.
      role: this.role.withoutPolicyUpdates(),
    });
  }
}
