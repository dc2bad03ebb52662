import { LATTICE_STEP, type Lattice } from './lattice.ts';
import type { Planes } from './planes.ts';

/** Colour of light through bare glass, as a scanner sees it. */
export const GLASS = [243, 243, 244] as const;

/** Steps of the tables per unit of stain, and the most that is told apart. */
const TABLE_SCALE = 512;
const TABLE_SIZE = 4 * TABLE_SCALE;

/** Light that passes each amount of one stain, for red, green and blue: `exp(-amount * vector)`. */
export interface StainTable {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
}

export function createStainTable(vector: readonly [number, number, number], strength: number): StainTable {
  const channel = (density: number) =>
    Float32Array.from({ length: TABLE_SIZE }, (_, i) => Math.exp((-density * strength * (i + 0.5)) / TABLE_SCALE));
  return { red: channel(vector[0]), green: channel(vector[1]), blue: channel(vector[2]) };
}

/** What turns amounts of stain into light. `noise` has one value a pixel of the tile. */
export interface Stains {
  readonly haematoxylin: StainTable;
  readonly eosin: StainTable;
  readonly noise: Int8Array;
}

/**
 * Beer and Lambert: light = glass * exp(-(H * haematoxylin + E * eosin)), each channel, plus the sensor's noise.
 * Writes interleaved RGB.
 */
export function compose(planes: Planes, stains: Stains, rgb: Uint8ClampedArray): void {
  const { red: hr, green: hg, blue: hb } = stains.haematoxylin;
  const { red: er, green: eg, blue: eb } = stains.eosin;
  const { haematoxylin, eosin } = planes;
  const { noise } = stains;
  const [glassR, glassG, glassB] = GLASS;
  const last = TABLE_SIZE - 1;
  for (let i = 0, o = 0; i < haematoxylin.length; i++, o += 3) {
    const h = Math.min(last, (haematoxylin[i]! * TABLE_SCALE) | 0);
    const e = Math.min(last, (eosin[i]! * TABLE_SCALE) | 0);
    const n = noise[i]!;
    rgb[o] = glassR * hr[h]! * er[e]! + n;
    rgb[o + 1] = glassG * hg[h]! * eg[e]! + n;
    rgb[o + 2] = glassB * hb[h]! * eb[e]! + n;
  }
}

/** A section that lies double holds twice the stain, and a little more where it is squeezed. */
export function paintFold(planes: Planes, lattice: Lattice): void {
  for (let row = 0; row < planes.size; row++) {
    for (let col = 0; col < planes.size; col++) {
      const fold = interpolate(lattice.fold, row, col);
      if (fold <= 0) continue;
      const i = row * planes.size + col;
      // Gaps between the fibres stay clear.
      const full = fold * Math.min(1, 4 * planes.eosin[i]! * planes.eosin[i]!);
      planes.eosin[i] = planes.eosin[i]! * (1 + 0.95 * fold) + 0.35 * full;
      planes.haematoxylin[i] = planes.haematoxylin[i]! * (1 + 0.9 * fold) + 0.25 * full;
    }
  }
}

/** Ink lies over everything: another absorption by Beer and Lambert. */
export function paintPen(rgb: Uint8ClampedArray, lattice: Lattice, ink: readonly number[]): void {
  const size = (lattice.side - 1) * LATTICE_STEP;
  for (let i = 0; i < size * size; i++) {
    const amount = interpolate(lattice.pen, (i / size) | 0, i % size);
    if (amount <= 0) continue;
    for (let channel = 0; channel < 3; channel++) rgb[3 * i + channel]! *= Math.exp(-amount * ink[channel]!);
  }
}

/** Value of a field of the lattice at a pixel of the tile. */
function interpolate(plane: Float32Array, row: number, col: number): number {
  const side = Math.sqrt(plane.length);
  const at = ((row / LATTICE_STEP) | 0) * side + ((col / LATTICE_STEP) | 0);
  const a = plane[at]!;
  const b = plane[at + 1]!;
  const c = plane[at + side]!;
  const d = plane[at + side + 1]!;
  if (a === 0 && b === 0 && c === 0 && d === 0) return 0;
  const wx = (col % LATTICE_STEP) / LATTICE_STEP;
  const wy = (row % LATTICE_STEP) / LATTICE_STEP;
  const top = a + (b - a) * wx;
  return top + (c + (d - c) * wx - top) * wy;
}
