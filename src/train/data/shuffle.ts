/** Puts `items` in random order, in place (Fisher-Yates). `random` gives numbers in [0, 1). @returns `items` */
export function shuffle<T extends { length: number; [index: number]: number } | unknown[]>(
  items: T,
  random: () => number,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = items[i];
    items[i] = items[j] as number;
    items[j] = kept as number;
  }
  return items;
}
