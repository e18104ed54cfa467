import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type EnvironmentConfig, FUNCTIONS, type FunctionName } from '../config/types.ts';
import { featureFlags } from '../lib/feature-flags.ts';
import { namesOf } from '../lib/names.ts';
import { SluiceStack } from '../lib/stacks/sluice-stack.ts';
import { readable } from './readable.ts';

/** Where `make up` has its local cloud. */
const LOCAL_TARGET = { endpoint: 'http://127.0.0.1:4566', architecture: 'arm64' } as const;

export type Variables = Readonly<Record<FunctionName, Readonly<Record<string, string>>>>;

/** What an environment's template sets for each function; references stand as the names of what they refer to. */
export function variablesOf(config: EnvironmentConfig): Variables {
  const app = new App({ context: featureFlags() });
  const stack = new SluiceStack(app, config.kind === 'local' ? { config, local: LOCAL_TARGET } : { config });
  const template = Template.fromStack(stack);
  const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties as { FunctionName: string; Environment: { Variables: unknown } },
  );
  const of = (name: FunctionName) => {
    const physical = namesOf(config).function(name);
    const found = functions.find(({ FunctionName }) => FunctionName === physical);
    return [name, readable(template, found?.Environment.Variables)];
  };
  return Object.fromEntries(FUNCTIONS.map(of)) as Variables;
}
