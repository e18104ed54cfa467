import { dev } from './dev.ts';
import { InputError } from './input-error.ts';
import { local, localFifo, localIam } from './local.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';
import type { EnvironmentConfig } from './types.ts';

/** Every environment that can be deployed. */
export const environments: readonly EnvironmentConfig[] = [local, localFifo, localIam, dev, staging, prod];

export function environmentNamed(name: string): EnvironmentConfig {
  const found = environments.find((environment) => environment.name === name);
  if (found === undefined) {
    const known = environments.map((environment) => environment.name).join(', ');
    throw new InputError(`env: '${name}' is not known; choose one of ${known}`);
  }
  return found;
}
