import type { Scene } from '../scene.ts';
import { hash2, nextHash, toUnit } from './hash.ts';
import { LATTICE_STEP, type Lattice } from './lattice.ts';
import type { Planes } from './planes.ts';

/** Mean distance of two fat cells, and the thickness of their walls, in microns. */
const CELL = 52;
const WALL = 1.5;
const SEED = 500;

/** Fat cells: white, with thin walls, drawn as the Voronoi cells of scattered points where the fat field is positive. */
export function paintFat(planes: Planes, lattice: Lattice, scene: Scene): void {
  const cols = planes.size / LATTICE_STEP;
  const size = CELL * scene.pxPerMicron;
  const { fat, side } = lattice;
  for (let i = 0; i < cols * cols; i++) {
    const col = i % cols;
    const row = (i / cols) | 0;
    const at = row * side + col;
    const knots = [fat[at]!, fat[at + 1]!, fat[at + side]!, fat[at + side + 1]!] as const;
    if (Math.max(...knots) > 0) {
      paintSquare(planes, knots, { x: col * LATTICE_STEP, y: row * LATTICE_STEP, size, seed: scene.seed + SEED });
    }
  }
}

/** `knots` is the fat field at the corners of a square of `LATTICE_STEP` pixels at (`x`, `y`) of the tile. */
function paintSquare(
  planes: Planes,
  knots: readonly [number, number, number, number],
  at: { x: number; y: number; size: number; seed: number },
): void {
  const { size } = at;
  const left = planes.x + at.x;
  const top = planes.y + at.y;
  const points = findPoints(at.seed, (left + LATTICE_STEP / 2) / size, (top + LATTICE_STEP / 2) / size);
  for (let row = 0; row < LATTICE_STEP; row++) {
    const wy = row / LATTICE_STEP;
    const first = knots[0] + (knots[2] - knots[0]) * wy;
    const last = knots[1] + (knots[3] - knots[1]) * wy;
    for (let col = 0; col < LATTICE_STEP; col++) {
      const amount = first + ((last - first) * col) / LATTICE_STEP;
      if (amount <= 0) continue;
      const border = getBorder(points, (left + col) / size, (top + row) / size);
      // Where fat begins the walls are thick: stroma closes in between the last cells.
      const thickness = WALL / CELL + 0.22 * Math.max(0, 1 - amount * 9);
      const clear = Math.min(1, Math.max(0, (border - thickness) * size * 0.6));
      const i = (at.y + row) * planes.size + at.x + col;
      const inTissue = Math.min(1, planes.eosin[i]! * 25);
      const wall = Math.max(planes.eosin[i]!, 0.45 * inTissue * Math.min(1, amount * 9));
      planes.eosin[i] = wall * (1 - 0.97 * clear);
      planes.haematoxylin[i]! *= 1 - 0.97 * clear;
    }
  }
}

/** Centres of the cells round a place, in units of `CELL`: x, y, x, y ... */
function findPoints(seed: number, x: number, y: number): Float64Array {
  const points = new Float64Array(50);
  const x0 = Math.floor(x) - 2;
  const y0 = Math.floor(y) - 2;
  for (let i = 0; i < 25; i++) {
    const cx = x0 + (i % 5);
    const cy = y0 + ((i / 5) | 0);
    const hash = hash2(seed, cx, cy);
    points[2 * i] = cx + 0.1 + 0.8 * toUnit(hash);
    points[2 * i + 1] = cy + 0.1 + 0.8 * toUnit(nextHash(hash));
  }
  return points;
}

/** About the distance to the nearest border between two cells, in units of `CELL`; less in their corners, which are round. */
function getBorder(points: Float64Array, x: number, y: number): number {
  let nearest = Infinity;
  let second = Infinity;
  let third = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - x;
    const dy = points[i + 1]! - y;
    const distance = dx * dx + dy * dy;
    if (distance < nearest) {
      third = second;
      second = nearest;
      nearest = distance;
    } else if (distance < second) {
      third = second;
      second = distance;
    } else if (distance < third) {
      third = distance;
    }
  }
  const inner = Math.sqrt(nearest);
  const corner = Math.max(0, 0.42 - (Math.sqrt(third) - inner));
  return (Math.sqrt(second) - inner) / 2 - 0.7 * corner * corner;
}
