import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sharp } from '../../src/io/codec/sharp.ts';
import type {
  RgbPixels,
  StainMethod,
  StainStatistics,
} from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { sharedPath } from '../support/shared-data.ts';

export interface StainOutput {
  readonly path: string;
  readonly shape: readonly number[];
  readonly sha256: string;
  /** Which part of the peer's output is stored: y, x, height, width; all of it where this is absent. */
  readonly crop_of_full?: readonly [number, number, number, number];
  readonly full_sha256?: string;
  readonly full_channel_mean?: readonly number[];
}

export interface StainEntry {
  readonly id: string;
  readonly method: string;
  readonly peer: string;
  readonly inputs: Record<string, string>;
  readonly outputs: Record<string, StainOutput>;
  // biome-ignore lint/suspicious/noExplicitAny: values differ by entry
  readonly values: any;
}

let entries: StainEntry[] | undefined;

/** Every golden of stain normalisation whose id begins with `prefix` and `__`. */
export function listStainGoldens(prefix: string): StainEntry[] {
  entries ??= (
    JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')).entries as (StainEntry & { area: string })[]
  ).filter(({ area }) => area === 'stain' || area === 'stain2');
  const found = entries.filter(({ id }) => id.startsWith(`${prefix}__`));
  if (found.length === 0) throw new Error(`no golden ${prefix}`);
  return found.map((entry) => {
    const file = entry.values?.$file as string | undefined;
    return file ? { ...entry, values: JSON.parse(readFileSync(sharedPath('golden', file), 'utf8')) } : entry;
  });
}

const pictures = new Map<string, Promise<RgbPixels>>();

/** RGB of a golden input or output; alpha is dropped, not blended. */
export function readStainPixels(path: string): Promise<RgbPixels> {
  const known = pictures.get(path);
  if (known) return known;
  const picture = decode(path);
  pictures.set(path, picture);
  return picture;
}

async function decode(path: string): Promise<RgbPixels> {
  const image = sharp(sharedPath('golden', path)).removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

export function fitOrThrow(method: StainMethod, pixels: RgbPixels): StainStatistics {
  const fit = method.fit(pixels);
  if (fit.status !== 'fitted') throw new Error(`${method.name}: ${fit.reason}`);
  return fit.statistics;
}

export function applyTo(method: StainMethod, pixels: RgbPixels, target: StainStatistics): Uint8Array {
  const out = new Uint8Array(pixels.data.length);
  method.createTransform(fitOrThrow(method, pixels), target)(pixels, out);
  return out;
}

export interface Agreement {
  /** Largest difference in grey levels. */
  readonly max: number;
  /** Share of equal values. */
  readonly equal: number;
  /** Whether all of the peer's output, of which only a part may be stored, has the peer's hash. */
  readonly identical: boolean;
}

/** Holds an RGB output against what is stored of the peer's. */
export async function compareWithGolden(
  { width }: { readonly width: number },
  actual: Uint8Array,
  output: StainOutput,
): Promise<Agreement> {
  const stored = await readStainPixels(output.path);
  const [top, left] = output.crop_of_full ?? [0, 0];
  let max = 0;
  let same = 0;
  for (let y = 0; y < stored.height; y++) {
    for (let i = 0; i < 3 * stored.width; i++) {
      const difference = Math.abs(actual[3 * ((top + y) * width + left) + i]! - stored.data[3 * y * stored.width + i]!);
      if (difference === 0) same++;
      if (difference > max) max = difference;
    }
  }
  const hash = createHash('sha256').update(actual).digest('hex');
  return { max, equal: same / stored.data.length, identical: hash === (output.full_sha256 ?? output.sha256) };
}

/** Rows of a matrix as columns and the other way round. */
export function transpose(matrix: readonly (readonly number[])[]): number[][] {
  return (matrix[0] ?? []).map((_, k) => matrix.map((row) => row[k]!));
}

/** Largest difference of two lists of numbers, however deep. */
export function largestDifference(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b);
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...a.map((value, i) => largestDifference(value, b[i])));
}
