import { readFileSync } from 'node:fs';

/** The CDK's feature flags of cdk.json, for an app that is made without the CDK's command. */
export function featureFlags(): Record<string, unknown> {
  const settings: unknown = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  return (settings as { context: Record<string, unknown> }).context;
}
