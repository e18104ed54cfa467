import type { z } from 'zod';
import type { cloudSchema, localSchema } from './schema.ts';

/** The functions of this deployment. Each is one cargo binary of the same name. */
export const FUNCTIONS = ['ingest', 'worker', 'query'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The API's routes, by the keys that API Gateway knows them by. `$default` takes what no other does. */
export const ROUTES = ['POST /events', 'GET /events/{id}', 'GET /queues', 'GET /health', '$default'] as const;
export type Route = (typeof ROUTES)[number];

type Unchanging<T> = T extends object ? { readonly [Key in keyof T]: Unchanging<T[Key]> } : T;

/** An environment on the local cloud. */
export type LocalConfig = Unchanging<z.infer<typeof localSchema>>;
/** An environment in an AWS account. */
export type CloudConfig = Unchanging<z.infer<typeof cloudSchema>>;
export type EnvironmentConfig = LocalConfig | CloudConfig;

export type Access = EnvironmentConfig['access'];
export type ApiConfig = EnvironmentConfig['api'];
export type QueueConfig = EnvironmentConfig['queue'];
export type QueueKind = QueueConfig['kind'];
export type FunctionSizing = EnvironmentConfig['functions'][FunctionName];
