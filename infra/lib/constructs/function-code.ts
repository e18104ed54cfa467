import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, CfnRule, Fn } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { InputError } from '../../config/input-error.ts';
import type { FunctionName } from '../../config/types.ts';

const PLACEHOLDER = join(import.meta.dirname, '../../placeholder');

export interface FunctionCodeProps {
  /** Holds `<function>/bootstrap` for each function; without it placeholders stand in. */
  readonly functionsDir?: string;
}

/**
 * Where the functions' binaries come from. The template can be synthesised, tested and compared
 * without building them, but a rule in it then refuses every deployment.
 */
export class FunctionCode extends Construct {
  readonly #functionsDir: string | undefined;

  constructor(scope: Construct, id: string, props: FunctionCodeProps) {
    super(scope, id);
    this.#functionsDir = props.functionsDir;
    if (this.#functionsDir === undefined) {
      new CfnRule(this, 'Built', {
        assertions: [
          {
            assert: Fn.conditionContains(['nowhere'], Aws.REGION),
            assertDescription: 'functions not built: use make deploy ENV=<environment>',
          },
        ],
      }).overrideLogicalId('FunctionsBuilt');
    }
  }

  of(name: FunctionName): lambda.Code {
    if (this.#functionsDir === undefined) return lambda.Code.fromAsset(PLACEHOLDER);
    const directory = join(this.#functionsDir, name);
    if (!existsSync(join(directory, 'bootstrap'))) {
      throw new InputError(
        `functionsDir: ${join(directory, 'bootstrap')} does not exist; build the functions first`,
      );
    }
    return lambda.Code.fromAsset(directory);
  }
}
