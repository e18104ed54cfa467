import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../../config/types.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

export interface VariablesRead {
  /** Without one of these the function does not start. */
  readonly needed: ReadonlySet<string>;
  readonly optional: ReadonlySet<string>;
}

/** The environment variables that a function's code reads: its own crate, and those of ours that it names. */
export function variablesReadBy(name: FunctionName): VariablesRead {
  const folders = [join('functions', name), ...dependencies(join('functions', name))];
  const read = folders.flatMap((folder) => readIn(join(REPOSITORY, folder, 'src')));
  // Lambda sets its own.
  const ours = read.filter(({ variable }) => !variable.startsWith('AWS_'));
  const names = (optional: boolean) =>
    new Set(ours.filter((one) => optional === (one.method === 'optional')).map(({ variable }) => variable));
  return { needed: names(false), optional: names(true) };
}

/** The milliseconds that a function's code gives a `Duration`, by the name that stands before it. */
export function millisecondsIn(file: string, name: string): number {
  const code = readFileSync(join(REPOSITORY, 'functions', file), 'utf8');
  const found = new RegExp(`\\b${name}: (?:Duration = )?Duration::from_(millis|secs)\\(([0-9_]+)\\)`).exec(
    code,
  );
  if (found === null) throw new Error(`${file} has no duration ${name}`);
  const [, unit, digits = ''] = found;
  return Number(digits.replaceAll('_', '')) * (unit === 'secs' ? 1000 : 1);
}

function dependencies(folder: string): string[] {
  const manifest = readFileSync(join(REPOSITORY, folder, 'Cargo.toml'), 'utf8');
  return [...manifest.matchAll(/^sluice-([a-z-]+)\.workspace/gm)].map(([, crate = '']) =>
    join('crates', crate),
  );
}

function readIn(source: string): { method: string; variable: string }[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rs'))
    .flatMap((file) => {
      const [code = ''] = readFileSync(join(source, file), 'utf8').split('#[cfg(test)]');
      return [...code.matchAll(/\bsettings\s*\.(\w+)\(\s*"([A-Z0-9_]+)"/g)].map(
        ([, method = '', variable = '']) => ({ method, variable }),
      );
    });
}
