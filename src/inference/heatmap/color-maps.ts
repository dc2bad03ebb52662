import { MAGMA, VIRIDIS } from './color-anchors.ts';
import { mixDiverging, type Rgb } from './diverging-colors.ts';

/** `coolwarm` is for values around a middle; `jet` is what other tools draw, though its steps are uneven. */
export const COLOR_MAP_NAMES = ['viridis', 'magma', 'coolwarm', 'jet', 'greys'] as const;
export type ColorMapName = (typeof COLOR_MAP_NAMES)[number];

/** Entries of a table. */
const ENTRIES = 256;

/** Red, green and blue at shares of the way from the lowest to the highest value. */
const MAPS: { readonly [N in ColorMapName]: (share: number) => Rgb } = {
  viridis: createTableMap(VIRIDIS),
  magma: createTableMap(MAGMA),
  coolwarm: (share) => mixDiverging([59, 76, 192], [180, 4, 38], share),
  jet: mixJet,
  greys: (share) => [255 * (1 - share), 255 * (1 - share), 255 * (1 - share)],
};

/** 256 colours of three bytes, from the lowest value to the highest. */
export function createColorTable(name: ColorMapName): Uint8Array {
  const table = new Uint8Array(ENTRIES * 3);
  for (let entry = 0; entry < ENTRIES; entry++)
    table.set(
      MAPS[name](entry / (ENTRIES - 1)).map((level) => Math.round(level)),
      entry * 3,
    );
  return table;
}

/** Straight lines between colours at even steps. */
function createTableMap(text: string): (share: number) => Rgb {
  const colors = text.split(' ').map((hex): Rgb => {
    const value = Number.parseInt(hex, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
  return (share) => {
    const place = share * (colors.length - 1);
    const index = Math.min(colors.length - 2, Math.floor(place));
    const [from, to] = [colors[index] ?? [0, 0, 0], colors[index + 1] ?? [0, 0, 0]];
    const mix = (k: 0 | 1 | 2) => from[k] + (to[k] - from[k]) * (place - index);
    return [mix(0), mix(1), mix(2)];
  };
}

/** Where the lines of each channel bend, and how high they are there (matplotlib's definition). */
const JET = [
  [
    [0, 0],
    [0.35, 0],
    [0.66, 1],
    [0.89, 1],
    [1, 0.5],
  ],
  [
    [0, 0],
    [0.125, 0],
    [0.375, 1],
    [0.64, 1],
    [0.91, 0],
    [1, 0],
  ],
  [
    [0, 0.5],
    [0.11, 1],
    [0.34, 1],
    [0.65, 0],
    [1, 0],
  ],
] as const satisfies readonly (readonly (readonly [number, number])[])[];

function mixJet(share: number): Rgb {
  return JET.map((bends) => 255 * readLine(bends, share)) as unknown as Rgb;
}

function readLine(bends: readonly (readonly [number, number])[], share: number): number {
  const end = Math.max(
    1,
    bends.findIndex(([at]) => share <= at),
  );
  const [[x0, y0], [x1, y1]] = [bends[end - 1] ?? [0, 0], bends[end] ?? [1, 0]];
  return y0 + ((share - x0) / (x1 - x0)) * (y1 - y0);
}
