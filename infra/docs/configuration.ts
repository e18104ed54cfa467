import type { Shape } from '../config/shape.ts';
import { allFields, fieldName } from './fields.ts';
import { code, table } from './markdown.ts';

/** The README's table: every field, what may be set and what it means. */
export function configurationTable(): string {
  return table(
    ['Field', 'May be', 'Means'],
    allFields().map((field) => [code(fieldName(field)), allowed(field.shape), field.shape.description ?? '']),
  );
}

/** Longer lists of numbers are cut in the middle: the error message has all. */
const LIST_SHOWN = 6;

function allowed(shape: Shape): string {
  const { type, minimum = 0, maximum = 0, because } = shape;
  if (type === 'array') return `list of ${shape.items?.form}`;
  if (shape.form !== undefined) return shape.form;
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer') return `${grouped(minimum)} to ${grouped(maximum)}: ${because}`;
  const values = (shape.enum ?? []).map((value) => code(String(value)));
  if (values.length <= LIST_SHOWN) return values.join(', ');
  return `${values.slice(0, LIST_SHOWN).join(', ')} … ${values.at(-1)}`;
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
