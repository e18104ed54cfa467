import { App } from 'aws-cdk-lib';
import { deploymentFrom } from '../lib/context.ts';
import { SluiceStack } from '../lib/stacks/sluice-stack.ts';

const app = new App();
new SluiceStack(app, deploymentFrom(app.node));
