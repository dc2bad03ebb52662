/** The name that was probably meant; undefined where none is near. */
export function suggest(word: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = names.map((name) => ({ name, distance: computeDistance(word.toLowerCase(), name.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= limit ? best.name : undefined;
}

/** Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment). */
export function computeDistance(a: string, b: string): number {
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (older[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    older = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
