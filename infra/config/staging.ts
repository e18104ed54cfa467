import { prod } from './prod.ts';
import type { CloudConfig } from './types.ts';

/** Production's shape, smaller: for trying a release, faults and drills included. Nothing in it is kept. */
export const staging: CloudConfig = {
  ...prod,
  name: 'staging',
  worker: { ...prod.worker, maximumConcurrency: 10 },
  api: {
    ...prod.api,
    throttling: {
      default: { ratePerSecond: 20, burst: 40 },
      routes: {
        'POST /events': { ratePerSecond: 200, burst: 400 },
        'GET /events/{id}': { ratePerSecond: 200, burst: 400 },
      },
    },
  },
  expectedEventsPerSecond: 100,
  faultInjection: 'allowed',
  faultCacheSeconds: 30,
  logRetentionDays: 30,
  retainData: false,
  terminationProtection: false,
};
