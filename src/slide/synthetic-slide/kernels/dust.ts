import type { Scene } from '../scene.ts';
import { hash2, nextHash, toUnit } from './hash.ts';
import type { Square } from './pieces.ts';

/** Microns: one speck may lie in each square of this side; the largest one's half length. */
const CELL = 420;
const MAX_LENGTH = 42;
const SHARE = 0.16;
const SEED = 800;

/** A speck or a lint: a blurred grey line. Level-0 pixels. */
export interface Speck {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly halfLength: number;
  readonly width: number;
  /** Share of light that it takes, 0 to 1. */
  readonly darkness: number;
}

/** Specks that may reach into a tile. */
export function findDust(scene: Scene, tile: Square): Speck[] {
  const { x: x0, y: y0, size } = tile;
  const cell = CELL * scene.pxPerMicron;
  const reach = MAX_LENGTH * 1.6 * scene.pxPerMicron;
  const specks: Speck[] = [];
  for (let row = Math.floor((y0 - reach) / cell); row <= (y0 + size + reach) / cell; row++) {
    for (let col = Math.floor((x0 - reach) / cell); col <= (x0 + size + reach) / cell; col++) {
      const speck = createSpeck(scene, col, row);
      if (
        speck &&
        speck.x > x0 - reach &&
        speck.x < x0 + size + reach &&
        speck.y > y0 - reach &&
        speck.y < y0 + size + reach
      ) {
        specks.push(speck);
      }
    }
  }
  return specks;
}

function createSpeck(scene: Scene, col: number, row: number): Speck | undefined {
  let hash = hash2(scene.seed + SEED, col, row);
  if (toUnit(hash) > SHARE) return undefined;
  const micron = scene.pxPerMicron;
  const random = (low: number, high: number) => {
    hash = nextHash(hash);
    return low + (high - low) * toUnit(hash);
  };
  const angle = random(0, Math.PI);
  const lint = random(0, 1) < 0.3;
  return {
    x: (col + random(0, 1)) * CELL * micron,
    y: (row + random(0, 1)) * CELL * micron,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    halfLength: (lint ? random(15, MAX_LENGTH) : random(0.5, 3)) * micron,
    width: (lint ? random(1.2, 2.4) : random(2, 7)) * micron,
    darkness: random(0.08, 0.4),
  };
}

/** Takes light from the interleaved RGB pixels of a tile. */
export function paintSpeck(rgb: Uint8ClampedArray, tile: Square, speck: Speck): void {
  const { x: x0, y: y0, size } = tile;
  const reach = speck.halfLength + speck.width * 1.5;
  const left = Math.max(0, Math.floor(speck.x - reach - x0));
  const right = Math.min(size, Math.ceil(speck.x + reach - x0));
  const top = Math.max(0, Math.floor(speck.y - reach - y0));
  const bottom = Math.min(size, Math.ceil(speck.y + reach - y0));
  for (let row = top; row < bottom; row++) {
    const dy = y0 + row - speck.y;
    for (let col = left; col < right; col++) {
      const dx = x0 + col - speck.x;
      const p = dx * speck.cos + dy * speck.sin;
      const bow = (p * p) / (6 * speck.halfLength + speck.width);
      const q = dy * speck.cos - dx * speck.sin + bow;
      const beyond = Math.max(0, Math.abs(p) - speck.halfLength);
      const distance = (beyond * beyond + q * q) / (speck.width * speck.width);
      if (distance >= 1) continue;
      const light = 1 - speck.darkness * (1 - distance) * (1 - distance);
      const o = 3 * (row * size + col);
      rgb[o]! *= light;
      rgb[o + 1]! *= light;
      rgb[o + 2]! *= light;
    }
  }
}
