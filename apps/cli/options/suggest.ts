/**
 * Suggestions for mistyped words.
 * @module
 */

/**
 * Suggests the known word closest to a mistyped one.
 *
 * @param word Word as typed.
 * @param known Known words.
 * @returns A hint such as `; did you mean --steps?`, or `""` if no known word is close.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, word.length / 3) ? `; did you mean ${best.candidate}?` : "";
}

/**
 * Computes the Damerau–Levenshtein distance (restricted to adjacent transpositions) between two words.
 *
 * @param from One word.
 * @param to The other word.
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, change);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
