import { InputError } from './input-error.ts';
import { brokenRules } from './rules.ts';
import { cloudSchema, localSchema } from './schema.ts';
import { sentences } from './sentences.ts';
import { shapeOf } from './shape.ts';
import type { EnvironmentConfig } from './types.ts';

/** Refuses a configuration with everything that is wrong in it, field by field. */
export function assertValid(config: EnvironmentConfig): void {
  const found = problems(config);
  if (found.length > 0) {
    throw new InputError(
      `environment '${config.name}' is not valid:\n${found.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/**
 * One line per problem, each beginning with the field it is about; rules between fields are looked at once
 * every field is right by itself. The compiler's types are not there when the app runs, so nothing is taken
 * for granted here.
 */
export function problems(config: unknown): string[] {
  const schema = isLocal(config) ? localSchema : cloudSchema;
  const parsed = schema.safeParse(config, { reportInput: true });
  if (parsed.success) return brokenRules(parsed.data);
  const shape = shapeOf(schema);
  return [...new Set(parsed.error.issues.flatMap((issue) => sentences(shape, issue)))];
}

function isLocal(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'kind' in config && config.kind === 'local';
}
