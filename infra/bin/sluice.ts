import { App } from 'aws-cdk-lib';
import { InputError } from '../config/input-error.ts';
import { deploymentFrom } from '../lib/context.ts';
import { SluiceStack } from '../lib/stacks/sluice-stack.ts';

try {
  const app = new App();
  new SluiceStack(app, deploymentFrom(app.node));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
