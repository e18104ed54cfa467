import type { LocalConfig } from './types.ts';

/** The local cloud of `make up`. Times are short, so that a retry is seen within a test. */
export const local: LocalConfig = {
  kind: 'local',
  name: 'local',
  access: 'none',
  functions: {
    ingest: { timeoutSeconds: 5, memoryMegabytes: 256 },
    worker: { timeoutSeconds: 5, memoryMegabytes: 256 },
    query: { timeoutSeconds: 5, memoryMegabytes: 256 },
  },
  queue: {
    kind: 'standard',
    visibilityTimeoutSeconds: 30,
    retentionDays: 4,
    deadLetterRetentionDays: 14,
    maxReceiveCount: 1000,
  },
  worker: {
    batchSize: 10,
    batchingWindowSeconds: 0,
    maximumConcurrency: 2,
    maxAttempts: 5,
    backoffBaseSeconds: 1,
    backoffCapSeconds: 4,
    deadlineReserveMilliseconds: 2500,
    completionLogPercent: 100,
  },
  ingest: { resendAfterSeconds: 900, maxEventBytes: 262_144 },
  api: {
    // The local cloud does not throttle, and takes no CORS list from a template.
    throttling: { default: { ratePerSecond: 1000, burst: 1000 }, routes: {} },
    corsAllowOrigins: [],
  },
  expectedEventsPerSecond: 1000,
  faultInjection: 'allowed',
  faultCacheSeconds: 1,
  logRetentionDays: 1,
  retainData: false,
  terminationProtection: false,
};

/** The local cloud with FIFO queues. */
export const localFifo: LocalConfig = {
  ...local,
  name: 'local-fifo',
  queue: { ...local.queue, kind: 'fifo' },
};

/** What the end-to-end suite deploys: the local cloud with callers' signatures demanded. */
export const localIam: LocalConfig = { ...local, name: 'local-iam', access: 'iam' };
