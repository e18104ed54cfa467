import type { Template } from 'aws-cdk-lib/assertions';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const NAME_PROPERTIES = ['QueueName', 'TableName', 'FunctionName', 'LogGroupName', 'Name'];

/** References to the template's resources as `<name>.<attribute>`, so that a test can say what it expects in words. */
export function readable(template: Template, value: unknown): unknown {
  const resources = template.toJSON().Resources as Record<
    string,
    { Type: string; Properties: Record<string, Json> }
  >;
  const nameOf = (id: string): string => {
    const properties = resources[id]?.Properties ?? {};
    const names = NAME_PROPERTIES.map((key) => properties[key]).filter((name) => typeof name === 'string');
    return names[0] ?? resources[id]?.Type ?? id;
  };
  const read = (json: Json): Json => {
    if (json === null || typeof json !== 'object') return json;
    if (isList(json)) return json.map(read);
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = json;
    if (typeof ref === 'string') return ref.startsWith('AWS::') ? `<${ref}>` : nameOf(ref);
    if (attribute !== undefined && isList(attribute))
      return `${nameOf(String(attribute[0]))}.${attribute[1]}`;
    if (join !== undefined && isList(join) && isList(join[1] ?? '')) {
      return (join[1] as readonly Json[]).map(read).join(String(join[0]));
    }
    return Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, read(inner)]));
  };
  return read(value as Json);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
