import type { QueueConfig } from './types.ts';

export const DAY_SECONDS = 24 * 60 * 60;

/** A record outlives every copy of its message: both retentions, and a day for clocks and slow deletion. */
export function recordTtlSeconds(queue: QueueConfig): number {
  return (queue.retentionDays + queue.deadLetterRetentionDays + 1) * DAY_SECONDS;
}
