import { z } from 'zod';

/** What the schema says of a field: JSON Schema (https://json-schema.org), with the words of `fields.ts`. */
export interface Shape {
  readonly type?: 'object' | 'array' | 'integer' | 'number' | 'string' | 'boolean';
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly propertyNames?: Shape;
  /** Of an object: what its other values must be, or false if it can have none. */
  readonly additionalProperties?: Shape | false;
  readonly items?: Shape;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly because?: string;
  readonly form?: string;
}

export function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema) as Shape;
}

/** The shape of the field at a path; none where the schema has no such field. */
export function shapeAt(shape: Shape, path: readonly PropertyKey[]): Shape | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return shape;
  const inner = shape.properties?.[String(key)] ?? shape.items ?? (shape.additionalProperties || undefined);
  return inner && shapeAt(inner, rest);
}

/** The names that fields of an object may have. */
export function knownFields({ properties, propertyNames }: Shape): readonly string[] {
  return Object.keys(properties ?? {}).concat((propertyNames?.enum ?? []).map(String));
}

/** What is asked of a value, in words that fit after "is not" and "set". */
export function expectation(shape: Shape): string {
  const { type, minimum, maximum, because } = shape;
  if (shape.form !== undefined) return shape.form;
  if (shape.enum !== undefined) return `one of ${shape.enum.join(', ')}`;
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum} (${because})`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a list';
  return `an object with ${knownFields(shape).join(', ')}`;
}

/** `worker.batchSize`, `api.corsAllowOrigins[1]`, `api.throttling.routes['POST /events'].burst`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w$]+$/.test(String(key))) return `${text}['${String(key)}']`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
