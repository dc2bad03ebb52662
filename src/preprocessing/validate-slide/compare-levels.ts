import { resampleArea } from '../../io/kernels/area-resample.ts';
import { createRaster, type Raster } from '../../io/raster.ts';
import type { Slide, SlideLevel } from '../../slide/slide.ts';
import { hash2, toUnit } from '../../slide/synthetic-slide/kernels/hash.ts';
import { isSlideloomError, TileError } from '../../utils/errors.ts';
import { comparePictures } from './kernels/compare-pictures.ts';
import type { Finding } from './validation.ts';

/** Places that are looked at in a level, and those with most in them that are compared. */
const CANDIDATES = 16;
const COMPARED = 5;
/** Pixels of a place in the coarser level, and most of the same place in the finer one. */
const SIDE = 64;
const FINER_SIDE = 1024;
/** Pixels of the coarser level that are averaged before they are compared. */
const BLOCK = 4;

/** Grey levels, and a correlation, beyond which no encoder or resampling makes two pictures of one place differ. */
const MOST_DIFFERENCE = 40;
const LEAST_CORRELATION = 0.5;
/** Grey levels: below, a place is too flat for its correlation to mean much. */
const LEAST_CONTRAST = 4;
const LEAST_DIFFERENCE = 6;

/**
 * Whether each level shows what the level above it shows: a few places with tissue in them, the finer level averaged by area.
 * Only gross differences count, as those of a level that belongs to another slide or lies elsewhere; encoders and
 * resampling differ by less. Places with tiles that can't be read are left out. Memory: two places.
 */
export async function compareLevels(
  slide: Slide,
  { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let index = 1; index < slide.levels.length; index++) {
    const [compared, different] = await compareLevel(slide, index, { seed, signal });
    if (different * 2 <= compared) continue;
    const message = `level ${index} shows another picture than level ${index - 1}, at ${different} of ${compared} places`;
    findings.push({ kind: 'warning', code: 'level-mismatch', message, level: index });
  }
  return findings;
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly picture: Raster;
  readonly contrast: number;
}

async function compareLevel(
  slide: Slide,
  index: number,
  { seed, signal }: { seed: number; signal: AbortSignal | undefined },
): Promise<[compared: number, different: number]> {
  const [finer, coarser] = [slide.levels[index - 1], slide.levels[index]];
  if (!finer || !coarser) return [0, 0];
  const places = await findPlaces(slide, index, { finer, coarser, seed, signal });
  let [compared, different] = [0, 0];
  for (const place of places) {
    signal?.throwIfAborted();
    const above = await readFiner(slide, index - 1, { place, finer, coarser });
    if (!above) continue;
    compared++;
    if (isAnother(above, place.picture)) different++;
  }
  return [compared, different];
}

/** Those with most contrast: glass looks the same everywhere. */
async function findPlaces(
  slide: Slide,
  index: number,
  parts: { finer: SlideLevel; coarser: SlideLevel; seed: number; signal: AbortSignal | undefined },
): Promise<Place[]> {
  const { finer, coarser, seed, signal } = parts;
  const ratio = Math.max(finer.width / coarser.width, finer.height / coarser.height);
  const side = Math.floor(Math.min(SIDE, FINER_SIDE / ratio, coarser.width, coarser.height));
  if (side < 2 * BLOCK) return [];
  const places: Place[] = [];
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    signal?.throwIfAborted();
    const left = Math.floor(toUnit(hash2(seed, 2 * candidate, index)) * (coarser.width - side + 1));
    const top = Math.floor(toUnit(hash2(seed, 2 * candidate + 1, index)) * (coarser.height - side + 1));
    const picture = await readWhole(slide, { level: index, left, top, width: side, height: side });
    if (picture) places.push({ left, top, side, picture, contrast: comparePictures(picture, picture, BLOCK).contrast });
  }
  return places.sort((a, b) => b.contrast - a.contrast).slice(0, COMPARED);
}

/** The place in the finer level, brought to the size of the coarser one's. */
async function readFiner(
  slide: Slide,
  level: number,
  { place, finer, coarser }: { place: Place; finer: SlideLevel; coarser: SlideLevel },
): Promise<Raster | undefined> {
  const { left, top, side } = place;
  const stepX = coarser.downsample.x / finer.downsample.x;
  const stepY = coarser.downsample.y / finer.downsample.y;
  const [x, y] = [Math.floor(left * stepX), Math.floor(top * stepY)];
  const width = Math.ceil((left + side) * stepX) - x;
  const height = Math.ceil((top + side) * stepY) - y;
  const source = await readWhole(slide, { level, left: x, top: y, width, height });
  if (!source) return undefined;
  const picture = createRaster(side, side, source.channels);
  const window = { x: left * stepX - x, y: top * stepY - y, stepX, stepY };
  resampleArea(source, window, { data: picture.data, width: side, firstRow: 0, endRow: side });
  return picture;
}

/** A window in the level's own pixels; undefined where a tile of it can't be read. */
async function readWhole(
  slide: Slide,
  { level, left, top, width, height }: { level: number; left: number; top: number; width: number; height: number },
): Promise<Raster | undefined> {
  const { x, y } = slide.levels[level]?.downsample ?? { x: 1, y: 1 };
  try {
    return await slide.readRegion({ level, x: left * x, y: top * y, width, height });
  } catch (error) {
    const damaged = error instanceof TileError && !isSlideloomError(error.cause, 'remote');
    // Samples that can't be shown can't be compared either.
    if (damaged || isSlideloomError(error, 'option')) return undefined;
    throw error;
  }
}

function isAnother(a: Raster, b: Raster): boolean {
  const { difference, correlation, contrast } = comparePictures(a, b, BLOCK);
  if (difference > MOST_DIFFERENCE) return true;
  return contrast > LEAST_CONTRAST && difference > LEAST_DIFFERENCE && correlation < LEAST_CORRELATION;
}
