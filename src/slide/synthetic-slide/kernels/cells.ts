import type { Scene } from '../scene.ts';
import { getFat, getLymph, getNest, setFibre } from './fields.ts';
import { type Gland, isInGland } from './glands.ts';
import { hash2, nextHash, toUnit } from './hash.ts';
import { drawNucleus, type Nucleus } from './nucleus.ts';
import { findPieces, getTissue, type Piece } from './pieces.ts';
import type { Planes } from './planes.ts';

/**
 * Microns: side of the square that holds at most one nucleus, and how far its nucleus may lie from the middle: a tumour's
 * keep their distance, the others must not show the grid.
 */
const CELL = 9.5;
const JITTER = 3.6;
const WIDE_JITTER = 9;
/** No nucleus reaches farther out of its square, in microns. */
const REACH = 17;
const SEED = 700;

/**
 * Nuclei between the glands. What a square holds is decided at the nucleus' own place: a large one in a tumour's nest, a
 * round dark one where lymphocytes gather, a spindle along the fibres elsewhere, none in fat.
 */
export function drawCells(planes: Planes, scene: Scene, glands: readonly Gland[]): void {
  const cell = CELL * scene.pxPerMicron;
  const reach = REACH * scene.pxPerMicron;
  const around = { scene, glands, pieces: findPieces(scene.pieces, planes, reach + cell) };
  const lastCol = Math.floor((planes.x + planes.size + reach) / cell);
  const lastRow = Math.floor((planes.y + planes.size + reach) / cell);
  for (let row = Math.floor((planes.y - reach) / cell); row <= lastRow; row++) {
    for (let col = Math.floor((planes.x - reach) / cell); col <= lastCol; col++) {
      const nucleus = createNucleus(around, col, row);
      if (nucleus) drawNucleus(planes, nucleus);
    }
  }
}

/** What a nucleus must keep clear of. */
interface Around {
  readonly scene: Scene;
  readonly pieces: readonly Piece[];
  readonly glands: readonly Gland[];
}

function createNucleus(around: Around, col: number, row: number): Nucleus | undefined {
  const { scene, pieces } = around;
  const hash = hash2(scene.seed + SEED, col, row);
  const chance = toUnit(nextHash(hash ^ 0x2545f491));
  const near = getPlace(scene, { col, row, hash }, JITTER);
  if (getTissue(pieces, near.x, near.y) < -2 * WIDE_JITTER * scene.pxPerMicron) return undefined;
  if (isTumour(near)) {
    return chance < 0.86 && isFree(near, around) ? createTumourNucleus(near) : undefined;
  }
  const place = getPlace(scene, { col, row, hash }, WIDE_JITTER);
  const lymph = getLymph(scene, place.x, place.y);
  const round = chance < 0.025 || (lymph > 0 && chance < 0.25 + 2.4 * lymph);
  if (!round && chance < 0.86) return undefined;
  if (isTumour(place) || getFat(scene, place.x, place.y) > 0 || !isFree(place, around)) return undefined;
  return round ? createLymphocyte(place) : createSpindle(place);
}

/** Where the nucleus of a square lies, at most `jitter` microns from its middle on each axis. */
function getPlace(scene: Scene, square: { col: number; row: number; hash: number }, jitter: number): Place {
  const { col, row, hash } = square;
  const x = (col + 0.5) * CELL + (2 * toUnit(hash) - 1) * jitter;
  const y = (row + 0.5) * CELL + (2 * toUnit(nextHash(hash)) - 1) * jitter;
  return { scene, x: x * scene.pxPerMicron, y: y * scene.pxPerMicron, hash };
}

function isTumour({ scene, x, y }: Place): boolean {
  return getNest(scene, x, y) > 0.4;
}

function isFree({ scene, x, y }: Place, { pieces, glands }: Around): boolean {
  return getTissue(pieces, x, y) > 4 * scene.pxPerMicron && !isInGland(glands, x, y);
}

interface Place {
  readonly scene: Scene;
  readonly x: number;
  readonly y: number;
  readonly hash: number;
}

/** Numbers for one nucleus. */
function createSequence(hash: number): (low: number, high: number) => number {
  let state = hash ^ 0x1b873593;
  return (low, high) => {
    state = nextHash(state);
    return low + (high - low) * toUnit(state);
  };
}

function createTumourNucleus({ scene, x, y, hash }: Place): Nucleus {
  const micron = scene.pxPerMicron;
  const random = createSequence(hash);
  const angle = random(0, Math.PI);
  const size = random(3.5, 5.6) * micron;
  const shape = random(0.62, 0.95);
  return {
    x,
    y,
    a: size,
    b: size * shape,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    amount: random(1.1, 2.1),
    vesicular: random(0.1, 0.75),
    nucleolus: random(-0.5, 0.9),
    hash,
  };
}

function createLymphocyte({ scene, x, y, hash }: Place): Nucleus {
  const micron = scene.pxPerMicron;
  const random = createSequence(hash);
  const size = random(2.6, 3.4) * micron;
  return {
    x,
    y,
    a: size,
    b: size * random(0.85, 1),
    cos: 1,
    sin: 0,
    amount: random(1.9, 2.4),
    vesicular: 0,
    nucleolus: 0,
    hash,
  };
}

function createSpindle({ scene, x, y, hash }: Place): Nucleus {
  const micron = scene.pxPerMicron;
  const random = createSequence(hash);
  const angle = getFibreAngle(scene, x, y) + random(-0.25, 0.25);
  return {
    x,
    y,
    a: random(3.8, 8) * micron,
    b: random(1.1, 2) * micron,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    amount: random(1.4, 2.1),
    vesicular: 0.1,
    nucleolus: 0,
    hash,
  };
}

/** Direction of the fibres at a place: along the lines on which the across coordinate stays the same. */
function getFibreAngle(scene: Scene, x: number, y: number): number {
  const step = 4 * scene.pxPerMicron;
  const getAcross = (px: number, py: number) => {
    const point = { x: px, y: py, across: 0, along: 0 };
    setFibre(scene, point);
    return point.across;
  };
  const here = getAcross(x, y);
  return Math.atan2(here - getAcross(x + step, y), getAcross(x, y + step) - here);
}
