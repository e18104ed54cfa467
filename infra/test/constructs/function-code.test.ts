import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FUNCTIONS } from '../../config/types.ts';
import { cloudTemplate, resourcesOf } from '../support/template.ts';

const functionsDir = mkdtempSync(join(tmpdir(), 'sluice-functions-'));
after(() => rmSync(functionsDir, { recursive: true }));
for (const name of FUNCTIONS) {
  mkdirSync(join(functionsDir, name));
  writeFileSync(join(functionsDir, name, 'bootstrap'), `binary of ${name}`, { mode: 0o755 });
}

const assets = (template: ReturnType<typeof cloudTemplate>) =>
  new Set(
    resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => JSON.stringify(Properties.Code)),
  );

test('without binaries the template can be made but a rule that never holds refuses its deployment', () => {
  const template = cloudTemplate();
  assert.equal(assets(template).size, 1);
  assert.deepEqual(template.toJSON().Rules.FunctionsBuilt, {
    Assertions: [
      {
        Assert: { 'Fn::Contains': [['nowhere'], { Ref: 'AWS::Region' }] },
        AssertDescription: 'functions not built: use make deploy ENV=<environment>',
      },
    ],
  });
});

test('with binaries each function has its own, and the rule is gone', () => {
  const template = cloudTemplate({}, functionsDir);
  assert.equal(assets(template).size, FUNCTIONS.length);
  assert.equal(template.toJSON().Rules.FunctionsBuilt, undefined);
});

test('a binary that is not there is named', () => {
  const empty = join(functionsDir, 'nothing-here');
  assert.throws(() => cloudTemplate({}, empty), {
    message: `functionsDir: ${join(empty, 'worker', 'bootstrap')} does not exist; build the functions first`,
  });
});
