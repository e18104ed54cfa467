import { environmentNamed } from '../config/environments.ts';
import { InputError } from '../config/input-error.ts';
import { removalOf } from '../lib/removal.ts';

// What `make destroy` says before it asks; ends in failure where there is nothing to ask.
try {
  const config = environmentNamed(process.argv[2] ?? '');
  if (config.kind === 'local') throw new InputError(`'${config.name}' is on the local cloud: make down`);
  const { possible, says } = removalOf(config);
  if (!possible) throw new InputError(says);
  console.log(says);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`sluice: ${error.message}`);
  process.exitCode = 1;
}
