import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import type { Oracle, OracleSlide } from './openslide-oracle.ts';

/** Opens a slide here and in OpenSlide, for as long as `compare` runs. */
export async function withBoth(
  oracle: Oracle,
  path: string,
  compare: (ours: Slide, theirs: OracleSlide) => Promise<void>,
): Promise<void> {
  await using ours = await openSlide(path);
  const theirs = await oracle.open(path);
  try {
    await compare(ours, theirs);
  } finally {
    await theirs.close();
  }
}

/**
 * OpenSlide takes corners in whole pixels of level 0: the nearest pixel of a level, at or before `pixel`, whose corner is one.
 * `step` is the level's downsample. @returns the corner, in pixels of level 0
 */
export function findWholeCorner(pixel: number, step: number): number {
  for (let at = pixel; at > pixel - 100_000; at--) if (Number.isInteger(at * step)) return at * step;
  throw new Error(`no whole corner below ${pixel} at ${step}`);
}
