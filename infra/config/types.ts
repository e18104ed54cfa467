/** The functions of this deployment. Each is one cargo binary of the same name. */
export const FUNCTIONS = ['ingest', 'worker', 'query'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Who may call the producers' routes: anyone, or callers whose AWS signature IAM accepts. */
export type Access = 'none' | 'iam';

export interface FunctionSizing {
  readonly timeoutSeconds: number;
  /** CPU grows with memory: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  readonly memoryMegabytes: number;
}

export interface QueueConfig {
  /** At least 6 × the worker's timeout plus its batching window. */
  readonly visibilityTimeoutSeconds: number;
  readonly retentionDays: number;
  /** Longer than `retentionDays`: a standard queue counts from the first enqueue, not from the move. */
  readonly deadLetterRetentionDays: number;
  /** SQS's backstop only: the worker dead-letters by itself, long before. */
  readonly maxReceiveCount: number;
}

export interface WorkerConfig {
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** Of the event source mapping, so that pollers are slowed down instead of throttled. */
  readonly maximumConcurrency: number;
  /** Starts of processing before an event fails for good. */
  readonly maxAttempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  /** The worker starts no record with less than this left of its invocation. */
  readonly deadlineReserveMilliseconds: number;
  /** Share of completions that get a log line of their own. */
  readonly completionLogPercent: number;
}

export interface IngestConfig {
  /** A known event that is this old and not finished is sent again. */
  readonly resendAfterSeconds: number;
  readonly maxEventBytes: number;
}

export interface ApiConfig {
  readonly ratePerSecond: number;
  readonly burst: number;
  /** Browser origins allowed to call the API; none: no CORS answers at all. */
  readonly corsAllowOrigins: readonly string[];
}

interface CommonConfig {
  /** Part of every resource's name. */
  readonly name: string;
  readonly functions: Readonly<Record<FunctionName, FunctionSizing>>;
  readonly queue: QueueConfig;
  readonly worker: WorkerConfig;
  readonly ingest: IngestConfig;
  readonly api: ApiConfig;
  /** What the environment is sized for; held against SQS's limit of messages in flight. */
  readonly expectedEventsPerSecond: number;
  readonly faultInjection: 'allowed' | 'off';
  readonly logRetentionDays: number;
  /** Queues, table, bus and logs outlive the stack. */
  readonly retainData: boolean;
  readonly terminationProtection: boolean;
}

/** An environment on the local cloud. */
export interface LocalConfig extends CommonConfig {
  readonly kind: 'local';
  readonly access: Access;
}

/** An environment in an AWS account. */
export interface CloudConfig extends CommonConfig {
  readonly kind: 'cloud';
  readonly access: Access;
  /** `access: 'none'` opens the account's queue to the internet, so it must be said twice. */
  readonly allowPublicAccess?: true;
}

export type EnvironmentConfig = LocalConfig | CloudConfig;
