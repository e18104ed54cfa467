import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dev } from '../../config/dev.ts';
import { environments } from '../../config/environments.ts';
import { type CloudConfig, FUNCTIONS } from '../../config/types.ts';
import { variablesOf } from '../../docs/templates.ts';
import { SET_BY_HAND, VARIABLES } from '../../docs/variables.ts';
import { changed } from '../support/changed.ts';
import { variablesReadBy } from '../support/rust.ts';

const set = new Map(environments.map((environment) => [environment.name, variablesOf(environment)]));

for (const name of FUNCTIONS) {
  const { needed, optional } = variablesReadBy(name);
  const byHand = Object.keys(SET_BY_HAND).filter((variable) =>
    SET_BY_HAND[variable]?.functions.includes(name),
  );

  test(`${name} is given each variable without which it does not start, and none that it does not read`, () => {
    assert.ok(needed.size > 0);
    for (const [environment, variables] of set) {
      const given = new Set(Object.keys(variables[name]));
      const missing = [...needed].filter((variable) => !given.has(variable));
      const unread = [...given].filter((variable) => !needed.has(variable) && !optional.has(variable));
      assert.deepEqual({ missing, unread }, { missing: [], unread: [] }, environment);
    }
  });

  test(`what ${name} reads and no template sets is documented as set by hand`, () => {
    const given = new Set([...set.values()].flatMap((variables) => Object.keys(variables[name])));
    assert.deepEqual([...optional].filter((variable) => !given.has(variable)).sort(), byHand.sort());
  });
}

test('no variable is documented that no template sets', () => {
  const given = new Set(
    [...set.values()].flatMap((of) => FUNCTIONS.flatMap((name) => Object.keys(of[name]))),
  );
  assert.deepEqual(
    Object.keys(VARIABLES).filter((variable) => !given.has(variable)),
    [],
  );
});

/** Another value of a field, which is as valid in `dev`. */
const OTHERS: Readonly<Record<string, unknown>> = { name: 'other', access: 'none', faultInjection: 'off' };

for (const [variable, { setBy }] of Object.entries(VARIABLES)) {
  for (const field of 'fields' in setBy ? setBy.fields : []) {
    test(`${variable} follows ${field}`, () => {
      const before = field.split('.').reduce<unknown>((object, key) => (object as Fields)[key], dev);
      const other = changed(dev, field, OTHERS[field] ?? Number(before) - 1) as CloudConfig;
      const open = field === 'access' ? { ...other, allowPublicAccess: true as const } : other;
      assert.notDeepEqual(valuesOf(variable, open), valuesOf(variable, dev));
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function valuesOf(variable: string, config: CloudConfig): (string | undefined)[] {
  const variables = variablesOf(config);
  return FUNCTIONS.map((name) => variables[name][variable]);
}
