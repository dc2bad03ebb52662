import type { Scene } from '../scene.ts';
import { noise2 } from './noise.ts';

/** Seeds of the fields: each is added to the scene's. */
const SEED = { warp: 100, tumour: 200, nest: 210, fat: 220, gland: 230, lymph: 240, tint: 250, loose: 260, pen: 270 };

/** A place in level-0 pixels with its coordinates in the collagen, in microns across and along the fibres. */
export interface FibrePoint {
  x: number;
  y: number;
  across: number;
  along: number;
}

/** Computes `across` and `along` of a point from its place. */
export function setFibre(scene: Scene, point: FibrePoint): void {
  const seed = scene.seed + SEED.warp;
  const mx = point.x / scene.pxPerMicron;
  const my = point.y / scene.pxPerMicron;
  const bend = noise2(seed, mx / 760, my / 760);
  const sway = noise2(seed + 1, mx / 190, my / 190);
  const ripple = noise2(seed + 2, mx / 47, my / 47);
  point.across = 0.55 * mx + 0.83 * my + 430 * bend + 62 * sway + 10 * ripple;
  point.along = 0.83 * mx - 0.55 * my + 300 * noise2(seed + 3, mx / 700, my / 700);
}

/** Farther off than anything on a slide, in pixels. */
const NO_TUMOUR = -1e9;

/** Signed distance to the outline of the tumour in pixels, about; positive inside. */
export function getTumour(scene: Scene, x: number, y: number): number {
  const { tumour } = scene;
  if (!tumour) return NO_TUMOUR;
  // Turned, so that the outline does not follow the axes of the noise.
  const turnedX = 0.8 * x - 0.6 * y;
  const turnedY = 0.6 * x + 0.8 * y;
  let field = tumour.radius - Math.hypot(x - tumour.x, y - tumour.y);
  if (Math.abs(field) > tumour.radius * 0.8) return field;
  let octave = 0;
  for (let size = tumour.radius; size > 60 * scene.pxPerMicron && octave < 6; size /= 2.3) {
    field += 0.36 * size * noise2(scene.seed + SEED.tumour + octave, turnedX / size, turnedY / size);
    octave++;
  }
  return field;
}

/**
 * Nests of tumour cells with septa of stroma between them: the share of epithelium where positive (up to 1), below 0 how
 * far off a nest is (down to -3).
 */
export function getNest(scene: Scene, x: number, y: number): number {
  const micron = scene.pxPerMicron;
  const inside = getTumour(scene, x, y) / (12 * micron);
  if (inside < -3) return -3;
  const seed = scene.seed + SEED.nest;
  const mx = x / micron;
  const my = y / micron;
  const wx = mx + 30 * noise2(seed + 2, mx / 75, my / 75) + 6 * noise2(seed + 4, mx / 17, my / 17);
  const wy = my + 30 * noise2(seed + 3, mx / 75, my / 75);
  // Gradient noise runs along its axes and diagonals: two of them, turned by 22 and 49 degrees, hide that.
  const first = noise2(seed, (0.93 * wx + 0.37 * wy) / 135, (0.93 * wy - 0.37 * wx) / 135);
  const second = noise2(seed + 1, (0.65 * wx + 0.76 * wy) / 96, (0.65 * wy - 0.76 * wx) / 96);
  const shape = 0.8 * (first + second) + 0.25 * noise2(seed + 5, wx / 41, wy / 41);
  return Math.max(-3, Math.min(1, inside, (shape + 0.2) * 9));
}

/** Fat where positive. */
export function getFat(scene: Scene, x: number, y: number): number {
  const seed = scene.seed + SEED.fat;
  const mx = x / scene.pxPerMicron;
  const my = y / scene.pxPerMicron;
  return noise2(seed, mx / 800, my / 800) + 0.3 * noise2(seed + 1, mx / 190, my / 190) - 0.52;
}

/** Glands where positive. */
export function getGlandZone(scene: Scene, x: number, y: number): number {
  const size = 1100 * scene.pxPerMicron;
  return noise2(scene.seed + SEED.gland, x / size, y / size) + 0.08;
}

/** Lymphocytes where positive. */
export function getLymph(scene: Scene, x: number, y: number): number {
  const seed = scene.seed + SEED.lymph;
  const mx = x / scene.pxPerMicron;
  const my = y / scene.pxPerMicron;
  return noise2(seed, mx / 330, my / 330) + 0.4 * noise2(seed + 1, mx / 70, my / 70) - 0.5;
}

/** Eosin of the stroma, about 0.4 to 0.9, uneven over the slide and from bundle to bundle. */
export function getTint(scene: Scene, point: FibrePoint): number {
  const seed = scene.seed + SEED.tint;
  const mx = point.x / scene.pxPerMicron;
  const my = point.y / scene.pxPerMicron;
  const bundle = noise2(seed + 1, point.across / 24, point.along / 110);
  return 0.62 + 0.13 * noise2(seed, mx / 1300, my / 1300) + 0.1 * noise2(seed + 2, mx / 210, my / 210) + 0.13 * bundle;
}

/** How far the fibres lie apart: the share of the fibre texture that is a gap, about 0 to 0.4. */
export function getLooseness(scene: Scene, point: FibrePoint): number {
  const seed = scene.seed + SEED.loose;
  const size = 420 * scene.pxPerMicron;
  const patch = 0.05 + 0.2 * noise2(seed, point.x / size, point.y / size);
  return Math.max(0, patch + 0.16 * noise2(seed + 1, point.across / 40, point.along / 120));
}

/** Fold: 0 outside, 1 where the section lies double. One edge is sharp, the other fades. */
export function getFold(scene: Scene, x: number, y: number): number {
  const { fold } = scene;
  if (!fold) return 0;
  const dx = x - fold.x;
  const dy = y - fold.y;
  const along = dx * fold.cos + dy * fold.sin;
  const end = clamp01((fold.halfLength - Math.abs(along)) / (0.35 * fold.halfLength));
  if (end === 0) return 0;
  const curve = fold.wave * noise2(scene.seed + 1, along / (0.5 * fold.halfLength), 0.5);
  const across = (dy * fold.cos - dx * fold.sin + curve) / (fold.width * (0.3 + 0.7 * end));
  if (across < -0.5 || across > 0.9) return 0;
  const sharp = clamp01((across + 0.5) * 12);
  return sharp * clamp01((0.9 - across) * 1.6);
}

/** Ink, 0 to about 1.3: denser at the rims, streaky along the stroke. */
export function getPen(scene: Scene, x: number, y: number): number {
  const { pen } = scene;
  if (!pen) return 0;
  const dx = x - pen.x;
  const dy = y - pen.y;
  const r = Math.sqrt(dx * dx + dy * dy);
  if (Math.abs(r - pen.radius) > pen.width * 2.2) return 0;
  const half = (pen.to - pen.from) / 2;
  const turn = wrapAngle(Math.atan2(dy, dx) - (pen.from + pen.to) / 2);
  const length = (half + turn) * pen.radius;
  const left = (half - turn) * pen.radius;
  const seed = scene.seed + SEED.pen;
  const wobble = 0.5 * noise2(seed, length / (7 * pen.width), 0.5);
  const across = (r - pen.radius) / pen.width + wobble;
  const tip = Math.min(length, left) / pen.width;
  const edge = 0.5 + 0.06 * noise2(seed + 1, length / (0.4 * pen.width), across) - Math.hypot(across, Math.min(0, tip));
  const body = clamp01(edge * 18);
  if (body === 0) return 0;
  const rim = 0.35 * clamp01(1 - edge * 9);
  const streak = 0.32 * noise2(seed + 2, across * 16, length / (5 * pen.width));
  return body * (0.72 + rim + streak * (0.4 + 0.6 * clamp01(edge * 5)));
}

/** To within half a turn of 0. */
function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

export function clamp01(value: number): number {
  return value < 0 ? 0 : Math.min(value, 1);
}
