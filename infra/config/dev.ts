import type { CloudConfig } from './types.ts';

/** A developer's deployment in AWS: nothing in it is kept when the stack goes. */
export const dev: CloudConfig = {
  kind: 'cloud',
  name: 'dev',
  access: 'iam',
  functions: {
    ingest: { timeoutSeconds: 20, memoryMegabytes: 256 },
    worker: { timeoutSeconds: 30, memoryMegabytes: 512 },
    query: { timeoutSeconds: 10, memoryMegabytes: 256 },
  },
  queue: {
    kind: 'standard',
    visibilityTimeoutSeconds: 181,
    retentionDays: 4,
    deadLetterRetentionDays: 14,
    maxReceiveCount: 1000,
  },
  worker: {
    batchSize: 10,
    batchingWindowSeconds: 1,
    maximumConcurrency: 10,
    maxAttempts: 5,
    backoffBaseSeconds: 2,
    backoffCapSeconds: 900,
    deadlineReserveMilliseconds: 3000,
    completionLogPercent: 100,
  },
  ingest: { resendAfterSeconds: 900, maxEventBytes: 262_144 },
  api: {
    throttling: {
      default: { ratePerSecond: 10, burst: 20 },
      routes: {
        'POST /events': { ratePerSecond: 50, burst: 100 },
        'GET /events/{id}': { ratePerSecond: 50, burst: 100 },
      },
    },
    corsAllowOrigins: [],
  },
  expectedEventsPerSecond: 50,
  faultInjection: 'allowed',
  faultCacheSeconds: 30,
  logRetentionDays: 14,
  retainData: false,
  terminationProtection: false,
};
