import type { Node } from 'constructs';
import { environmentNamed } from '../config/environments.ts';
import { InputError } from '../config/input-error.ts';
import type { CloudConfig, LocalConfig } from '../config/types.ts';
import { assertValid } from '../config/validate.ts';
import { keepKind } from './deployed.ts';

export interface LocalTarget {
  /** Where the local cloud answers: scheme, host and port. */
  readonly endpoint: string;
  /** The machine's own: the binaries are built for it. */
  readonly architecture: 'arm64' | 'x86_64';
}

/** What one run of the app is to make: an environment and, where it is local, the machine it is on. */
export type Deployment = { readonly functionsDir?: string } & (
  | { readonly config: CloudConfig }
  | { readonly config: LocalConfig; readonly local: LocalTarget }
);

/** Reads the command line's `-c` values, the app's only input beside its configuration. */
export function deploymentFrom(context: Node): Deployment {
  const config = environmentNamed(required(context, 'env'));
  // Before anything of it is believed, which kind it is among them.
  assertValid(config);
  const deployedQueueUrl = optional(context, 'deployedQueueUrl');
  if (deployedQueueUrl !== undefined) keepKind(config, deployedQueueUrl);
  const functionsDir = optional(context, 'functionsDir');
  if (config.kind === 'cloud') {
    for (const key of ['localEndpoint', 'localArchitecture']) {
      if (optional(context, key) !== undefined) {
        throw new InputError(`${key}: only local environments take it, and '${config.name}' is not one`);
      }
    }
    return { config, functionsDir };
  }
  return {
    config,
    functionsDir,
    local: { endpoint: endpoint(context), architecture: architecture(context) },
  };
}

function endpoint(context: Node): string {
  const given = required(context, 'localEndpoint');
  if (!/^https?:\/\//.test(given) || !URL.canParse(given) || new URL(given).origin !== given) {
    throw new InputError(`localEndpoint: '${given}' is not of the form http(s)://host:port`);
  }
  return given;
}

function architecture(context: Node): LocalTarget['architecture'] {
  const given = required(context, 'localArchitecture');
  if (given !== 'arm64' && given !== 'x86_64') {
    throw new InputError(`localArchitecture: '${given}' is neither arm64 nor x86_64`);
  }
  return given;
}

function required(context: Node, key: string): string {
  const value = optional(context, key);
  if (value === undefined) throw new InputError(`${key}: missing; give it as -c ${key}=…`);
  return value;
}

function optional(context: Node, key: string): string | undefined {
  const value: unknown = context.tryGetContext(key);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new InputError(`${key}: must be text and not empty`);
  return value;
}
