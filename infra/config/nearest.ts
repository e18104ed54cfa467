import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `given` was most likely meant to be, if any is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(given, candidates);
  const most = Math.max(2, Math.floor(given.length / 3));
  return distance(given, best) <= most ? best : undefined;
}
