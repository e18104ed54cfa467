import { FUNCTIONS, type FunctionName } from '../config/types.ts';

/** What a function's environment variable means, and where its value comes from. */
export interface Variable {
  /** With the unit, where it has one. */
  readonly meaning: string;
  readonly setBy: { readonly fields: readonly string[] } | { readonly resource: string };
}

const field = (...fields: string[]) => ({ fields });
const resource = (name: string) => ({ resource: name });

/** The variables that the templates set. */
export const VARIABLES: Readonly<Record<string, Variable>> = {
  ENVIRONMENT: { meaning: "the environment's name, a dimension of each metric", setBy: field('name') },
  EVENTS_TABLE: { meaning: 'name of the events table', setBy: resource('events table') },
  QUEUE_URL: { meaning: 'URL of the main queue', setBy: resource('main queue') },
  DLQ_URL: { meaning: 'URL of the dead-letter queue', setBy: resource('dead-letter queue') },
  EVENT_BUS_NAME: { meaning: 'name of the bus that outcomes go to', setBy: resource('event bus') },
  EVENT_SOURCE_MAPPING_ID: {
    meaning: 'id of the mapping that feeds the worker',
    setBy: resource('event source mapping'),
  },
  PUBLIC_URL: {
    meaning: "the API's address, where a request does not tell it; ingest fills in the API's id",
    setBy: resource('local cloud'),
  },
  ACCESS: { meaning: 'whether callers sign, and so who a producer is', setBy: field('access') },
  RECORD_TTL_SECONDS: {
    meaning: 'how long a record is kept after its last change, in seconds: both retentions and a day',
    setBy: field('queue.retentionDays', 'queue.deadLetterRetentionDays'),
  },
  MAIN_RETENTION_SECONDS: {
    meaning: 'age in seconds at which an unfinished event shows as `Expired`',
    setBy: field('queue.retentionDays'),
  },
  RESEND_AFTER_SECONDS: {
    meaning: 'age in seconds from which an unfinished event is sent again',
    setBy: field('ingest.resendAfterSeconds'),
  },
  MAX_EVENT_BYTES: { meaning: 'largest event taken, in bytes', setBy: field('ingest.maxEventBytes') },
  MAX_ATTEMPTS: {
    meaning: 'starts of processing before an event fails for good',
    setBy: field('worker.maxAttempts'),
  },
  BACKOFF_BASE_SECONDS: {
    meaning: 'first wait between attempts, in seconds',
    setBy: field('worker.backoffBaseSeconds'),
  },
  BACKOFF_CAP_SECONDS: {
    meaning: 'longest wait between attempts, in seconds',
    setBy: field('worker.backoffCapSeconds'),
  },
  DEADLINE_RESERVE_MS: {
    meaning: 'nothing is started with less left of the invocation, in milliseconds',
    setBy: field('worker.deadlineReserveMilliseconds'),
  },
  COMPLETION_LOG_PERCENT: {
    meaning: 'share of completions with a log line, in percent',
    setBy: field('worker.completionLogPercent'),
  },
  FAULT_INJECTION: {
    meaning: '`allowed` or `off`: whether faults may be injected',
    setBy: field('faultInjection'),
  },
  FAILURE_MODE_PARAMETER: {
    meaning: 'name of the parameter that says what goes wrong; only where it may',
    setBy: resource('failure parameter'),
  },
  FAULT_CACHE_SECONDS: {
    meaning:
      'after how long the failure parameter is read again, in seconds; only where faults may be injected',
    setBy: field('faultCacheSeconds'),
  },
};

/** The variables that functions read and no template sets: a person does, for a while. */
export const SET_BY_HAND: Readonly<
  Record<string, { readonly meaning: string; readonly functions: readonly FunctionName[] }>
> = {
  LOG_LEVEL: { meaning: 'from which level on our lines are logged; `info` without it', functions: FUNCTIONS },
};
