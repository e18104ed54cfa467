import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { expectation, knownFields, pathText, type Shape, shapeAt } from './shape.ts';

/** What is wrong with a value, as lines for people, each beginning with the field it is about. */
export function sentences(whole: Shape, issue: z.core.$ZodIssue): string[] {
  const shape = shapeAt(whole, issue.path) ?? {};
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField([...issue.path, key], key, issue.path, knownFields(shape)));
  }
  return [`${pathText(issue.path) || 'the environment'}: ${wrong(issue, shape)}`];
}

function unknownField(
  path: readonly PropertyKey[],
  key: string,
  parent: readonly PropertyKey[],
  known: readonly string[],
): string {
  const meant = nearest(key, known);
  const advice =
    meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${pathText([...parent, meant])}?`;
  return `${pathText(path)}: unknown field; ${advice}`;
}

function wrong(issue: z.core.$ZodIssue, shape: Shape): string {
  const { input } = issue;
  if (input === undefined) return `missing; set ${expectation(shape)}`;
  // A rule of our own says itself what the value is not.
  if (issue.code === 'custom') return `${shown(input)} ${issue.message}`;
  if (typeof input === 'string' && shape.type !== 'string') {
    return `${shown(input)} is text, not ${expectation(shape)}`;
  }
  return `${shown(input)} is not ${expectation(shape)}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
