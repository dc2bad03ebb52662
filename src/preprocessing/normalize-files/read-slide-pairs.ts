import type { Slide } from '../../slide/slide.ts';
import { createRandom } from '../../utils/random.ts';
import { countMarked, findMarked } from '../stain-normalization/kernels/find-marked.ts';
import type { TissueMask } from '../tissue-detection/tissue-mask.ts';
import { detectTissue } from '../tissue-detection.ts';
import { type SheetPicture, shrinkForSheet } from './comparison-sheet.ts';

/** Level-0 pixels of a patch. */
const SIDE = 512;

export interface SlidePair {
  /** Level-0 corner. */
  readonly x: number;
  readonly y: number;
  readonly before: SheetPicture;
  readonly after: SheetPicture;
}

/** Patches of a slide and of its normalised copy, as files have them, at places of its tissue that `seed` chooses. */
export async function readSlidePairs(
  { before, after }: { before: Slide; after: Slide },
  { count, seed, signal }: { count: number; seed: number; signal: AbortSignal },
): Promise<SlidePair[]> {
  const level = before.mpp ? {} : { level: before.levels.length - 1 };
  // What can't be read is white here; whoever normalised the slide has said so.
  const read = { signal, onBadTile: () => {} };
  const { mask } = await detectTissue(before, { ...level, ...read });
  const places = drawPlaces(mask, count, createRandom(seed));
  const [width, height] = [Math.min(SIDE, before.width), Math.min(SIDE, before.height)];
  const pairs: SlidePair[] = [];
  for (const at of places) {
    const x = clamp((at % mask.width) * mask.downsample.x - width / 2, before.width - width);
    const y = clamp(Math.floor(at / mask.width) * mask.downsample.y - height / 2, before.height - height);
    const region = { x, y, level: 0, width, height };
    const [one, other] = [await before.readRegion(region, read), await after.readRegion(region, read)];
    pairs.push({ x, y, before: await shrinkForSheet(one), after: await shrinkForSheet(other) });
  }
  return pairs;
}

/** Pixels of the mask. Without tissue the middle of the slide is shown. */
function drawPlaces(mask: TissueMask, count: number, random: () => number): Iterable<number> {
  const marked = countMarked(mask.data);
  const middle = (mask.height >> 1) * mask.width + (mask.width >> 1);
  if (marked === 0) return Array.from({ length: count }, () => middle);
  return findMarked(
    mask.data,
    Array.from({ length: count }, () => Math.floor(random() * marked)),
  );
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, Math.round(value)), most);
}
