import { cloudSchema } from '../config/schema.ts';
import { knownFields, pathText, type Shape, shapeOf } from '../config/shape.ts';

/** A field that holds a value, and not further fields. */
export interface Field {
  readonly path: readonly string[];
  readonly shape: Shape;
}

/** What stands for any key of an object whose keys are chosen. */
const ANY = '…';

/** Every field that an environment can have, in the schema's order; keys that are chosen stand as `…`. */
export function allFields(): readonly Field[] {
  return fieldsIn(shapeOf(cloudSchema), (shape) => Object.keys(shape.properties ?? { [ANY]: shape }));
}

/** The same with the keys written out that can be chosen. */
export function everyField(): readonly Field[] {
  return fieldsIn(shapeOf(cloudSchema), knownFields);
}

function fieldsIn(
  shape: Shape,
  keysOf: (shape: Shape) => readonly string[],
  path: readonly string[] = [],
): readonly Field[] {
  if (shape.type !== 'object') return [{ path, shape }];
  return keysOf(shape).flatMap((key) => {
    const inner = shape.properties?.[key] ?? (shape.additionalProperties || {});
    return fieldsIn(inner, keysOf, [...path, key]);
  });
}

export function fieldName({ path }: Field): string {
  return pathText(path);
}

/** The value of a field, as one writes it; none where the environment leaves the field out. */
export function valueIn(config: object, { path }: Field): string | undefined {
  const value = path.reduce<unknown>((object, key) => (object as Record<string, unknown>)?.[key], config);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return value === undefined ? undefined : String(value);
}
