import type { Piece } from './kernels/pieces.ts';

/** A region round a centre, its outline roughened by noise. Pixels. */
export interface Blob {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A wavy band: `x`, `y` is its middle, `cos`, `sin` its direction. Pixels. */
export interface Fold {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly halfLength: number;
  readonly width: number;
  readonly wave: number;
}

/** An arc of ink: a part of a circle, from angle `from` to `to`. Pixels, radians. */
export interface PenStroke {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** Optical density of the ink. */
  readonly ink: readonly [number, number, number];
}

/** Everything large on a slide, made once from the seed; what is small is hashed from its place. */
export interface Scene {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly pxPerMicron: number;
  /** The largest first. */
  readonly pieces: readonly Piece[];
  /** Undefined on a slide without tumour. */
  readonly tumour: Blob | undefined;
  readonly fold: Fold | undefined;
  readonly pen: PenStroke | undefined;
}
