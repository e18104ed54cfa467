import * as iam from 'aws-cdk-lib/aws-iam';
import type { FunctionName } from '../../config/types.ts';

/** What a function's code acts on; the name becomes the statement's Sid. */
export type Target = 'EventsTable' | 'MainQueue' | 'DeadLetterQueue' | 'EventBus' | 'EventSourceMapping';

/**
 * The AWS actions each function's code uses, by what it uses them on, and no more. Built by hand
 * because CDK's grant methods give groups of actions, reads of streams and metadata among them.
 */
export const ACTIONS = {
  ingest: {
    EventsTable: ['dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
    MainQueue: ['sqs:SendMessage'],
  },
  worker: {
    EventsTable: ['dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate', 'dynamodb:UpdateItem'],
    MainQueue: ['sqs:ChangeMessageVisibility'],
    DeadLetterQueue: ['sqs:SendMessage'],
    EventBus: ['events:PutEvents'],
  },
  query: {
    EventsTable: ['dynamodb:BatchGetItem'],
    MainQueue: ['sqs:GetQueueAttributes'],
    DeadLetterQueue: ['sqs:GetQueueAttributes'],
    EventSourceMapping: ['lambda:GetEventSourceMapping'],
  },
} as const satisfies Record<FunctionName, Partial<Record<Target, readonly string[]>>>;

/** The statements of one function; the compiler asks for exactly the ARNs its row names. */
export function statementsOf<F extends FunctionName>(
  name: F,
  arns: Readonly<Record<keyof (typeof ACTIONS)[F] & string, string>>,
): iam.PolicyStatement[] {
  return Object.entries<readonly string[]>(ACTIONS[name]).map(
    ([target, actions]) =>
      new iam.PolicyStatement({
        sid: target,
        actions: [...actions],
        resources: [arns[target as keyof typeof arns]],
      }),
  );
}
