/** Colours for labels that bring none: told apart by most kinds of colour blindness (Okabe and Ito, 2008). */
const COLORS = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;

export interface OverlayLabel {
  readonly value: number;
  readonly name: string;
  /** Red, green, blue. */
  readonly color: readonly [number, number, number];
}

/** The labels with a colour each; label 0 is what is not labelled. */
export function colorLabels(
  labels: readonly { value: number; name: string; color?: readonly [number, number, number] | undefined }[],
): OverlayLabel[] {
  return labels
    .filter(({ value }) => value > 0)
    .map(({ value, name, color }) => ({ value, name, color: color ?? chooseColor(value) }));
}

/** Red, green, blue and alpha of each value; 0 is clear, all else opaque: how strong it shows is the viewer's choice. */
export function createColorTable(labels: readonly OverlayLabel[]): Uint8Array {
  const table = new Uint8Array(256 * 4);
  for (let value = 1; value < 256; value++) table.set([...chooseColor(value), 255], value * 4);
  for (const { value, color } of labels) table.set([...color, 255], value * 4);
  return table;
}

export function chooseColor(value: number): readonly [number, number, number] {
  return COLORS[(value - 1) % COLORS.length] ?? COLORS[0];
}
