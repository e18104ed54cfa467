import type { CloudConfig } from './types.ts';

/** Production: what it holds outlives it, and nothing in it fails on purpose. */
export const prod: CloudConfig = {
  kind: 'cloud',
  name: 'prod',
  access: 'iam',
  functions: {
    ingest: { timeoutSeconds: 20, memoryMegabytes: 512 },
    worker: { timeoutSeconds: 30, memoryMegabytes: 1024 },
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
    maximumConcurrency: 50,
    maxAttempts: 5,
    backoffBaseSeconds: 2,
    backoffCapSeconds: 100,
    deadlineReserveMilliseconds: 3000,
    completionLogPercent: 10,
  },
  ingest: { resendAfterSeconds: 900, maxEventBytes: 262_144 },
  api: {
    throttling: {
      default: { ratePerSecond: 50, burst: 100 },
      routes: {
        'POST /events': { ratePerSecond: 1000, burst: 2000 },
        'GET /events/{id}': { ratePerSecond: 1000, burst: 2000 },
      },
    },
    corsAllowOrigins: [],
  },
  expectedEventsPerSecond: 500,
  faultInjection: 'off',
  faultCacheSeconds: 30,
  logRetentionDays: 90,
  retainData: true,
  terminationProtection: true,
};
