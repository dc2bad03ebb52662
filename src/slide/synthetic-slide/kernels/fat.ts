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
  const cells = planes.size / LATTICE_STEP;
  for (let row = 0; row < cells; row++) {
    for (let col = 0; col < cells; col++) {
      const at = row * lattice.side + col;
      const { fat, side } = lattice;
      if (Math.max(fat[at]!, fat[at + 1]!, fat[at + side]!, fat[at + side + 1]!) > 0) {
        paintSquare(planes, lattice, scene, col * LATTICE_STEP, row * LATTICE_STEP, at);
      }
    }
  }
}

function paintSquare(planes: Planes, lattice: Lattice, scene: Scene, x: number, y: number, at: number): void {
  const { fat, side } = lattice;
  const size = CELL * scene.pxPerMicron;
  const wall = WALL / CELL;
  const points = findPoints(scene, (planes.x + x + LATTICE_STEP / 2) / size, (planes.y + y + LATTICE_STEP / 2) / size);
  for (let row = 0; row < LATTICE_STEP; row++) {
    const wy = row / LATTICE_STEP;
    const left = fat[at]! + (fat[at + side]! - fat[at]!) * wy;
    const right = fat[at + 1]! + (fat[at + side + 1]! - fat[at + 1]!) * wy;
    for (let col = 0; col < LATTICE_STEP; col++) {
      const amount = left + ((right - left) * col) / LATTICE_STEP;
      if (amount <= 0) continue;
      const border = getBorder(points, (planes.x + x + col) / size, (planes.y + y + row) / size);
      // Where fat begins the walls are thick: stroma closes in between the last cells.
      const thickness = wall + 0.22 * Math.max(0, 1 - amount * 9);
      const clear = Math.min(1, Math.max(0, (border - thickness) * size * 0.6));
      const i = (y + row) * planes.size + x + col;
      planes.eosin[i]! *= 1 - 0.97 * clear;
      planes.haematoxylin[i]! *= 1 - 0.97 * clear;
      if (clear < 1 && amount > 0.1) planes.eosin[i]! += (1 - clear) * 0.12;
    }
  }
}

/** Centres of the cells round a place, in units of `CELL`: x, y, x, y ... */
function findPoints(scene: Scene, x: number, y: number): Float64Array {
  const points = new Float64Array(50);
  const x0 = Math.floor(x) - 2;
  const y0 = Math.floor(y) - 2;
  for (let i = 0; i < 25; i++) {
    const cx = x0 + (i % 5);
    const cy = y0 + ((i / 5) | 0);
    const hash = hash2(scene.seed + SEED, cx, cy);
    points[2 * i] = cx + 0.1 + 0.8 * toUnit(hash);
    points[2 * i + 1] = cy + 0.1 + 0.8 * toUnit(nextHash(hash));
  }
  return points;
}

/** Distance to the nearest border between two cells, in units of `CELL`. */
function getBorder(points: Float64Array, x: number, y: number): number {
  let nearest = Infinity;
  let second = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - x;
    const dy = points[i + 1]! - y;
    const distance = dx * dx + dy * dy;
    if (distance < nearest) {
      second = nearest;
      nearest = distance;
    } else if (distance < second) {
      second = distance;
    }
  }
  return (Math.sqrt(second) - Math.sqrt(nearest)) / 2;
}
