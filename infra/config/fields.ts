import { z } from 'zod';

/**
 * The kinds of fields a configuration has. Each says in words what it means, and what is asked of a value:
 * error messages and the generated tables are made of both (`shape.ts`).
 */

/** A whole number within limits. `because`: where the limits come from. */
export function whole(from: number, to: number, because: string, description: string) {
  return z.int().min(from).max(to).meta({ because, description });
}

export function oneOf<const Value extends string | number>(values: readonly Value[], description: string) {
  return z.literal([...values]).meta({ description });
}

export function flag(description: string) {
  return z.boolean().meta({ description });
}

/** Text that `fits`. Of any other it is said that it `isNot`, with a fix. */
export function text(fits: (given: string) => boolean, isNot: string, form: string) {
  return z.string().refine(fits, isNot).meta({ form });
}

/** An object that must have every field but the optional ones, and no other. */
export const group = z.strictObject;
