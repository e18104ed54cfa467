/**
 * A copy of a configuration with one field set to anything at all, or taken away (undefined), as a file may
 * have it that no compiler saw. Fields are given as `worker.batchSize`; a route's key may be one.
 */
export function changed(config: object, field: string, value: unknown): unknown {
  const copy: unknown = structuredClone(config);
  const keys = field.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((object, key) => object[key] as Fields, copy as Fields);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

type Fields = Record<string, unknown>;
