/** The candidate that `given` was most likely meant to be, if any is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(given.length / 3));
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(given.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((one, other) => one.edits - other.edits);
  return best?.candidate;
}

/** Letters to add, remove or replace to make one text the other (Levenshtein's distance). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const letter of one) {
    const [above = 0] = row;
    const next = [above + 1];
    for (const [index, otherLetter] of [...other].entries()) {
      const [diagonal = 0, up = 0] = row.slice(index, index + 2);
      const left = next[index] ?? 0;
      next.push(letter === otherLetter ? diagonal : 1 + Math.min(diagonal, up, left));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
