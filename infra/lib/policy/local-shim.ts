import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/types.ts';
import type { RustFunction } from '../constructs/rust-function.ts';
import { CHECKED_FOR } from './platform.ts';

/** The name under which the local cloud's IAM checks a call, by the action AWS checks it under. */
const LOCAL_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(CHECKED_FOR).map(([action, { operation }]) => [action, operation] as const),
  ['lambda:GetEventSourceMapping', 'lambda:ListEventSourceMappings'],
]);

/** Local names that it checks against no single resource. */
const ON_ANY_RESOURCE: ReadonlySet<string> = new Set([
  'dynamodb:BatchExecuteStatement',
  'lambda:ListEventSourceMappings',
]);

export interface LocalShimProps {
  readonly config: EnvironmentConfig;
  readonly functions: readonly RustFunction[];
}

/**
 * The local cloud's IAM checks names of operations where AWS checks actions. For each action a
 * function's role holds, this adds the local name beside it; cloud environments can't have it.
 */
export class LocalShim extends Construct {
  constructor(scope: Construct, id: string, props: LocalShimProps) {
    super(scope, id);
    if (props.config.kind !== 'local') {
      throw new Error(`environment '${props.config.name}': LocalShim is for local environments only`);
    }
    for (const rust of props.functions) {
      const statements = rust.statements.flatMap(localStatements);
      if (statements.length > 0) {
        new iam.Policy(rust, 'LocalShim', { roles: [rust.role], statements });
      }
    }
  }
}

function localStatements({ actions, resources }: iam.PolicyStatement): iam.PolicyStatement[] {
  const names = new Set(actions.flatMap((action) => LOCAL_NAMES.get(action) ?? []));
  return [...names].map(
    (name) =>
      new iam.PolicyStatement({
        actions: [name],
        resources: ON_ANY_RESOURCE.has(name) ? ['*'] : resources,
      }),
  );
}
