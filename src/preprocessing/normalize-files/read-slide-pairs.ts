import type { Slide } from '../../slide/slide.ts';
import { createRandom } from '../../utils/random.ts';
import { listMarked } from '../stain-normalization/kernels/list-marked.ts';
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
  const { mask } = await detectTissue(before, { ...level, signal });
  const marked = listMarked(mask.data);
  const random = createRandom(seed);
  const [width, height] = [Math.min(SIDE, before.width), Math.min(SIDE, before.height)];
  const pairs: SlidePair[] = [];
  for (let i = 0; i < count; i++) {
    // Without tissue the middle of the slide is shown.
    const middle = (mask.height >> 1) * mask.width + (mask.width >> 1);
    const at = marked[Math.floor(random() * marked.length)] ?? middle;
    const x = clamp((at % mask.width) * mask.downsample.x - width / 2, before.width - width);
    const y = clamp(Math.floor(at / mask.width) * mask.downsample.y - height / 2, before.height - height);
    const region = { x, y, level: 0, width, height };
    const [one, other] = [await before.readRegion(region, { signal }), await after.readRegion(region, { signal })];
    pairs.push({ x, y, before: await shrinkForSheet(one), after: await shrinkForSheet(other) });
  }
  return pairs;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, Math.round(value)), most);
}
