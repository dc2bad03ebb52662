import type { Scene } from '../scene.ts';
import { clamp01, getFat, getGlandZone, getTumour } from './fields.ts';
import { hash2, nextHash, toUnit } from './hash.ts';
import { drawNucleus, type Nucleus } from './nucleus.ts';
import { findPieces, getTissue, type Square } from './pieces.ts';
import { type Planes, TEXTURE_MASK, TEXTURE_SHIFT } from './planes.ts';

/** Microns: distance of two glands in a row, of two rows, and the radius that the largest gland has. */
const SPACING = 112;
const ROW_SPACING = 98;
const MAX_RADIUS = 52;
const SEED = 600;

/** A gland: nuclei in a ring of cytoplasm round a white lumen. Pixels; the outline is a sum of three waves. */
export interface Gland {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Of 1, up to where the lumen reaches. */
  readonly lumen: number;
  /** Amplitudes of the waves: cosine and sine of 2, 3 and 5 turns. */
  readonly waves: readonly [number, number, number, number, number, number];
  readonly malignant: boolean;
  readonly pxPerMicron: number;
  readonly hash: number;
}

/** The glands that reach into a tile or come as close to it as a nucleus is large, row by row of their grid. */
export function findGlands(scene: Scene, tile: Square): Gland[] {
  const { x: x0, y: y0 } = tile;
  const x1 = x0 + tile.size;
  const y1 = y0 + tile.size;
  const micron = scene.pxPerMicron;
  const reach = (MAX_RADIUS * 1.45 + 24) * micron;
  const spacing = SPACING * micron;
  const rowSpacing = ROW_SPACING * micron;
  const glands: Gland[] = [];
  for (let row = Math.floor((y0 - reach) / rowSpacing); row <= (y1 + reach) / rowSpacing; row++) {
    for (let col = Math.floor((x0 - reach) / spacing) - 1; col <= (x1 + reach) / spacing; col++) {
      const gland = createGland(scene, col, row);
      if (gland && gland.x > x0 - reach && gland.x < x1 + reach && gland.y > y0 - reach && gland.y < y1 + reach) {
        glands.push(gland);
      }
    }
  }
  return glands;
}

function createGland(scene: Scene, col: number, row: number): Gland | undefined {
  const micron = scene.pxPerMicron;
  let hash = hash2(scene.seed + SEED, col, row);
  const random = (low: number, high: number) => {
    hash = nextHash(hash);
    return low + (high - low) * toUnit(hash);
  };
  const x = (col + 0.5 * (row & 1) + 0.5) * SPACING * micron + random(-19, 19) * micron;
  const y = (row + 0.5) * ROW_SPACING * micron + random(-19, 19) * micron;
  const tumour = getTumour(scene, x, y);
  const malignant = tumour > 0;
  if (random(0, 1) > (malignant ? 0.45 : 0.86)) return undefined;
  if (!malignant && getGlandZone(scene, x, y) < 0) return undefined;
  const radius = (malignant ? random(24, MAX_RADIUS) : random(20, 46)) * micron;
  if (getFat(scene, x, y) > -0.1) return undefined;
  if (getTissue(findPieces(scene.pieces, { x, y, size: 0 }, 0), x, y) < radius * 1.4 + 12 * micron) return undefined;
  const rough = malignant ? 0.18 : 0.13;
  const wave = (size: number) => random(-size, size);
  return {
    x,
    y,
    radius,
    lumen: malignant ? random(0.2, 0.55) : random(0.25, 0.52),
    waves: [wave(rough), wave(rough), wave(rough * 0.6), wave(rough * 0.6), wave(rough * 0.25), wave(rough * 0.25)],
    malignant,
    pxPerMicron: micron,
    hash,
  };
}

/** Radius of the outline in the direction (cx, cy), a unit vector. */
function getRadius(gland: Gland, cx: number, cy: number): number {
  const { waves } = gland;
  const c2 = cx * cx - cy * cy;
  const s2 = 2 * cx * cy;
  const c3 = cx * c2 - cy * s2;
  const s3 = cy * c2 + cx * s2;
  const c5 = c2 * c3 - s2 * s3;
  const s5 = s2 * c3 + c2 * s3;
  const wave = waves[0] * c2 + waves[1] * s2 + waves[2] * c3 + waves[3] * s3 + waves[4] * c5 + waves[5] * s5;
  return gland.radius * (1 + wave);
}

/** Whether a point lies in a gland or close to its rim. */
export function isInGland(glands: readonly Gland[], x: number, y: number): boolean {
  for (const gland of glands) {
    const dx = x - gland.x;
    const dy = y - gland.y;
    const r = Math.hypot(dx, dy) || 1;
    if (r < gland.radius * 1.5 && r < getRadius(gland, dx / r, dy / r) * 1.06) return true;
  }
  return false;
}

/** Lumen, cytoplasm and rim of one gland, without its nuclei. */
export function paintGland(planes: Planes, gland: Gland): void {
  const { size, haematoxylin, eosin, textures } = planes;
  const reach = gland.radius * 1.45;
  const left = Math.max(0, Math.floor(gland.x - reach - planes.x));
  const right = Math.min(size, Math.ceil(gland.x + reach - planes.x));
  const top = Math.max(0, Math.floor(gland.y - reach - planes.y));
  const bottom = Math.min(size, Math.ceil(gland.y + reach - planes.y));
  const basal = gland.malignant ? 0.22 : 0.16;
  for (let row = top; row < bottom; row++) {
    const dy = planes.y + row - gland.y;
    const textureRow = ((planes.y + row) & TEXTURE_MASK) << TEXTURE_SHIFT;
    for (let col = left; col < right; col++) {
      const dx = planes.x + col - gland.x;
      const r = Math.sqrt(dx * dx + dy * dy) + 1e-6;
      if (r > reach) continue;
      const outline = getRadius(gland, dx / r, dy / r);
      const inside = clamp01((outline - r) * 0.5 + 0.5);
      if (inside === 0) continue;
      const grain = textures.grain[textureRow | ((planes.x + col) & TEXTURE_MASK)]!;
      const rho = r / outline + (grain - 0.5) * 0.05;
      const i = row * size + col;
      // Where the outline bulges the lumen draws in, so that it has a shape of its own.
      const lumen = gland.lumen * (1.9 - (0.9 * outline) / gland.radius);
      const wall = clamp01((rho - lumen) * outline * 0.35);
      const depth = clamp01((rho - lumen) / (1 - lumen));
      const rim = clamp01((rho - 0.95) * 22) * (gland.malignant ? 0.08 : 0.16);
      const brush = wall * clamp01(1 - depth * 7) * 0.22;
      const e = wall * (0.3 + 0.2 * depth + 0.18 * (grain - 0.5) + rim + brush) + (1 - wall) * 0.03;
      const h = wall * (0.06 + basal * depth * depth + 0.08 * grain) + (1 - wall) * 0.015;
      eosin[i]! += inside * (e - eosin[i]!);
      haematoxylin[i]! += inside * (h - haematoxylin[i]!);
    }
  }
}

/** The ring of nuclei: near the outer rim, long axis towards the lumen; in a tumour crowded, large and out of line. */
export function drawGlandNuclei(planes: Planes, gland: Gland): void {
  const { pxPerMicron } = gland;
  const pitch = (gland.malignant ? 5 : 5.2) * pxPerMicron;
  const count = Math.max(8, Math.round((2 * Math.PI * gland.radius * 0.8) / pitch));
  const margin = 12 * pxPerMicron;
  let hash = gland.hash;
  const random = (low: number, high: number) => {
    hash = nextHash(hash);
    return low + (high - low) * toUnit(hash);
  };
  const wall = 1 - gland.lumen;
  for (let i = 0; i < count; i++) {
    const angle = ((i + random(-0.35, 0.35)) * 2 * Math.PI) / count;
    const cx = Math.cos(angle);
    const cy = Math.sin(angle);
    const spread = gland.malignant ? random(0.15, 0.62) : random(0.2, 0.34);
    const r = getRadius(gland, cx, cy) * (1 - wall * spread);
    const tilt = angle + random(-0.3, 0.3) * (gland.malignant ? 2 : 1);
    const nucleus: Nucleus = {
      x: gland.x + cx * r,
      y: gland.y + cy * r,
      a: (gland.malignant ? random(4, 6.6) : random(3.6, 4.9)) * pxPerMicron,
      b: (gland.malignant ? random(2.5, 4) : random(2.1, 2.9)) * pxPerMicron,
      cos: Math.cos(tilt),
      sin: Math.sin(tilt),
      amount: gland.malignant ? random(1.3, 2.1) : random(1.35, 1.85),
      vesicular: gland.malignant ? 0.4 : 0.2,
      nucleolus: gland.malignant ? 0.6 : 0,
      hash: nextHash(hash),
    };
    const inTile =
      nucleus.x > planes.x - margin &&
      nucleus.x < planes.x + planes.size + margin &&
      nucleus.y > planes.y - margin &&
      nucleus.y < planes.y + planes.size + margin;
    if (inTile) drawNucleus(planes, nucleus);
  }
}
