import type { CloudConfig } from '../config/types.ts';
import { namesOf } from './names.ts';

export interface Removal {
  /** False where the environment must first be told that it may go. */
  readonly possible: boolean;
  readonly says: string;
}

/** What removing an environment from AWS means, for whoever is about to. */
export function removalOf(config: CloudConfig): Removal {
  const { stack, mainQueue, deadLetterQueue, eventsTable, eventBus } = namesOf(config);
  if (config.terminationProtection) {
    return {
      possible: false,
      says:
        `${stack} is protected, and nothing was removed. To remove it all the same: set terminationProtection: false ` +
        `in infra/config/${config.name}.ts, make deploy ENV=${config.name}, and try again.`,
    };
  }
  const data = `the queues ${mainQueue} and ${deadLetterQueue}, the table ${eventsTable}, the bus ${eventBus} and the logs`;
  if (config.retainData) {
    return {
      possible: true,
      says:
        `This removes ${stack} from AWS: the API, the functions and their roles. What it holds stays (retainData): ` +
        `${data}. A later deployment fails on these names, until cdk import takes them into it or you delete them.`,
    };
  }
  return {
    possible: true,
    says: `This removes ${stack} from AWS with all that it holds: ${data}. A bus that has rules of yours refuses to go.`,
  };
}
