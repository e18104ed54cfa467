import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { dev } from '../../config/dev.ts';
import { local } from '../../config/local.ts';
import type { CloudConfig, LocalConfig } from '../../config/types.ts';
import type { Deployment } from '../../lib/context.ts';
import { featureFlags } from '../../lib/feature-flags.ts';
import { SluiceStack } from '../../lib/stacks/sluice-stack.ts';

export interface Resource {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** An app under the feature flags that real runs have. */
export function appUnderTest(context: Record<string, string> = {}): App {
  return new App({ context: { ...featureFlags(), ...context } });
}

export function stackOf(deployment: Deployment): SluiceStack {
  return new SluiceStack(appUnderTest(), deployment);
}

/** The template of a cloud environment: dev, less what a test changes. */
export function cloudTemplate(changes: Partial<CloudConfig> = {}, functionsDir?: string): Template {
  return Template.fromStack(stackOf({ config: { ...dev, ...changes }, functionsDir }));
}

/** The template of `dev` with FIFO queues. */
export function fifoTemplate(): Template {
  return cloudTemplate({
    queue: { ...dev.queue, kind: 'fifo' },
    worker: { ...dev.worker, batchingWindowSeconds: 0 },
  });
}

export const LOCAL_TARGET = { endpoint: 'https://127.0.0.1:4566', architecture: 'x86_64' } as const;

/** The template of a local environment: local, less what a test changes. */
export function localTemplate(changes: Partial<LocalConfig> = {}): Template {
  return Template.fromStack(stackOf({ config: { ...local, ...changes }, local: LOCAL_TARGET }));
}

export function resourcesOf(template: Template, type: string): readonly Resource[] {
  return Object.values(template.findResources(type)) as unknown as Resource[];
}

/** The resource of a type with this physical name, which must be there once. */
export function named(template: Template, type: string, property: string, name: string): Resource {
  const found = resourcesOf(template, type).filter(({ Properties }) => Properties[property] === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} of ${type} with ${property} '${name}'`);
  return only;
}
