import { hash2 } from './kernels/hash.ts';
import { getTissue, type Piece } from './kernels/pieces.ts';
import type { ResolvedSceneOptions } from './options.ts';
import { placeLesion } from './place-lesion.ts';
import type { Blob, Fold, PenStroke, Scene } from './scene.ts';
import { createSequence, type Random } from './sequence.ts';

const GREEN_INK = [1.15, 0.42, 0.86] as const;
const BLUE_INK = [1.2, 0.78, 0.22] as const;
/** Sides of the grid on which the area of the pieces is measured. */
const AREA_GRID = 72;
/** Microns: size of the finest notches of an outline. */
const FINEST = 25;

/** @throws OptionError where a lesion does not fit into the tissue */
export function createScene(options: ResolvedSceneOptions): Scene {
  const { width, height, mpp } = options;
  // An avalanche first: neighbouring seeds must not share noise, and each use below adds a small number.
  const seed = hash2(options.seed, 0x51de, 0x1003) | 0;
  const random = createSequence(seed);
  const outlines = placePieces(options, random);
  const pieces = fitShare(outlines, options);
  const main = pieces[0] ?? { x: width / 2, y: height / 2, along: width / 4, across: height / 4, cos: 1, sin: 0 };
  // Drawn from the sequence in any case: the rest of the slide is the same with another tumour or none.
  const tumour = createTumour(main, random);
  const scene = {
    seed,
    width,
    height,
    pxPerMicron: 1 / mpp,
    pieces,
    tumour: options.tumour === 'large' ? tumour : undefined,
    fold: options.fold ? createFold(main, mpp, random) : undefined,
    pen: options.penMark ? createPen(main, mpp, random) : undefined,
  };
  return typeof options.tumour === 'number' ? { ...scene, tumour: placeLesion(scene, options.tumour) } : scene;
}

/** Three to five pieces, each put where it is clear of the others and of the border as far as a few tries find. */
function placePieces({ width, height, mpp }: ResolvedSceneOptions, random: Random): Piece[] {
  const side = Math.sqrt(width * height);
  const count = 3 + Math.floor(random(0, 3));
  const pieces: Piece[] = [];
  for (let i = 0; i < count; i++) {
    const size = side * (i === 0 ? 0.24 : random(0.07, 0.15));
    const aspect = random(1.15, 1.8);
    let best: { x: number; y: number; clear: number } | undefined;
    for (let attempt = 0; attempt < 40 && !(best && best.clear > 0); attempt++) {
      const x = random(0, width);
      const y = random(0, height);
      const clear = getClearance(x, y, { radius: size * 1.2, width, height, pieces });
      if (!best || clear > best.clear) best = { x, y, clear };
    }
    const angle = random(0, 2 * Math.PI);
    pieces.push({
      x: best?.x ?? width / 2,
      y: best?.y ?? height / 2,
      along: size * Math.sqrt(aspect),
      across: size / Math.sqrt(aspect),
      cos: Math.cos(angle),
      sin: Math.sin(angle),
      bend: random(-0.45, 0.45),
      finest: FINEST / mpp,
      seed: Math.floor(random(0, 2 ** 31)),
    });
  }
  return pieces;
}

function getClearance(
  x: number,
  y: number,
  around: { radius: number; width: number; height: number; pieces: readonly Piece[] },
): number {
  const { radius, width, height } = around;
  let clear = Math.min(x, y, width - x, height - y) - radius;
  for (const piece of around.pieces) {
    const other = 1.2 * Math.sqrt(piece.along * piece.across);
    clear = Math.min(clear, Math.hypot(piece.x - x, piece.y - y) - radius - other);
  }
  return clear;
}

/** Grows or shrinks all pieces in place until they cover the share that was asked, by bisection. */
function fitShare(outlines: readonly Piece[], options: ResolvedSceneOptions): Piece[] {
  const scaled = (factor: number) =>
    outlines.map((piece) => ({ ...piece, along: piece.along * factor, across: piece.across * factor }));
  let low = 0.05;
  let high = 6;
  for (let step = 0; step < 14; step++) {
    const middle = Math.sqrt(low * high);
    if (measureShare(scaled(middle), options) < options.tissueShare) low = middle;
    else high = middle;
  }
  return scaled(low);
}

function measureShare(pieces: readonly Piece[], { width, height }: ResolvedSceneOptions): number {
  let inside = 0;
  for (let row = 0; row < AREA_GRID; row++) {
    for (let col = 0; col < AREA_GRID; col++) {
      const x = ((col + 0.5) * width) / AREA_GRID;
      const y = ((row + 0.5) * height) / AREA_GRID;
      if (getTissue(pieces, x, y) > 0) inside++;
    }
  }
  return inside / AREA_GRID ** 2;
}

type Place = Pick<Piece, 'x' | 'y' | 'along' | 'across' | 'cos' | 'sin'>;

/** A point inside a piece, `along` and `across` as fractions of its half axes. */
function locate(piece: Place, along: number, across: number): { x: number; y: number } {
  const u = along * piece.along;
  const v = across * piece.across;
  return { x: piece.x + u * piece.cos - v * piece.sin, y: piece.y + u * piece.sin + v * piece.cos };
}

function createTumour(piece: Place, random: Random): Blob {
  const place = locate(piece, random(-0.5, -0.25), random(-0.25, 0.25));
  return { ...place, radius: 0.55 * Math.min(piece.along, piece.across) };
}

function createFold(piece: Place, mpp: number, random: Random): Fold {
  const angle = Math.atan2(piece.cos, -piece.sin) + random(-0.5, 0.5);
  return {
    ...locate(piece, random(0.25, 0.45), random(-0.1, 0.1)),
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    halfLength: piece.across * random(0.6, 0.8),
    width: Math.max(25 / mpp, piece.across * 0.045),
    wave: piece.across * random(0.04, 0.1),
  };
}

function createPen(piece: Place, mpp: number, random: Random): PenStroke {
  const place = locate(piece, random(-0.88, -0.74), random(-0.25, 0.25));
  const outward = Math.atan2(place.y - piece.y, place.x - piece.x);
  const start = outward - random(1.3, 1.8);
  return {
    ...place,
    radius: 0.5 * Math.min(piece.along, piece.across),
    from: start,
    to: start + random(2.6, 3.4),
    width: Math.max(40 / mpp, 0.05 * piece.across),
    ink: random(0, 1) < 0.5 ? GREEN_INK : BLUE_INK,
  };
}
