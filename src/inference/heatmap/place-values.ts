import type { Slide } from '../../slide/slide.ts';
import { DatasetError, MissingMppError, OptionError } from '../../utils/errors.ts';
import type { PatchValues, RawValues } from './patch-values.ts';

export interface PlacedValues {
  readonly patches: PatchValues;
  /** Patches without a number, which are left out. */
  readonly withoutValue: number;
  readonly notices: readonly string[];
}

/**
 * Brings patches to level-0 pixels, without those that have no number.
 * @param patchSpan level-0 pixels that a patch spans where its file does not say it; by default the step of their grid
 * @throws DatasetError `outside-slide` where a patch lies beside the slide; MissingMppError for microns; OptionError where
 *   nothing says what a patch spans
 */
export function placeValues(
  raw: RawValues,
  slide: Pick<Slide, 'name' | 'width' | 'height' | 'mpp'>,
  patchSpan: number | undefined,
): PlacedValues {
  const kept = Uint32Array.from(raw.values.keys()).filter((patch) => Number.isFinite(raw.values[patch]));
  const scale = getScale(raw, slide);
  const pick = (column: Float64Array, factor: number) =>
    Float64Array.from(kept, (patch) => (column[patch] ?? Number.NaN) * factor);
  const [x, y] = [pick(raw.x, scale.x), pick(raw.y, scale.y)];
  const [width, height] = [pick(raw.width, scale.x), pick(raw.height, scale.y)];
  const notices = [...raw.notices];
  if (width.some(Number.isNaN) || height.some(Number.isNaN)) {
    const found = patchSpan ?? findStep(x, y) ?? failWithoutSpan(raw);
    if (patchSpan === undefined)
      notices.push(`patches are taken to span ${found} px, the step of their grid; --patch-span says what they do`);
    for (const column of [width, height])
      for (const [patch, side] of column.entries()) if (Number.isNaN(side)) column[patch] = found;
  }
  const patches = { name: raw.name, kind: raw.kind, x, y, width, height, values: pick(raw.values, 1) };
  checkPlaces(patches, raw.source, slide);
  const withoutValue = raw.values.length - kept.length;
  if (withoutValue > 0) notices.push(`${withoutValue} patches have no ${raw.name} and are left out`);
  return { patches, withoutValue, notices };
}

/** Level-0 pixels for each unit. */
function getScale({ unit }: RawValues, { name, mpp }: Pick<Slide, 'name' | 'mpp'>): { x: number; y: number } {
  if (unit === 'px') return { x: 1, y: 1 };
  if (!mpp) throw new MissingMppError(name, 'placing patches by microns');
  return { x: 1 / mpp.x, y: 1 / mpp.y };
}

/** The most frequent step from a patch to the next in its row; where no row has two, in its column. */
export function findStep(x: Float64Array, y: Float64Array): number | undefined {
  return findMode(listSteps(x, y)) ?? findMode(listSteps(y, x));
}

function* listSteps(along: Float64Array, across: Float64Array): Generator<number> {
  const order = Uint32Array.from(along.keys()).sort(
    (a, b) => (across[a] ?? 0) - (across[b] ?? 0) || (along[a] ?? 0) - (along[b] ?? 0),
  );
  for (let i = 1; i < order.length; i++) {
    const [before = 0, here = 0] = [order[i - 1], order[i]];
    const step = (along[here] ?? 0) - (along[before] ?? 0);
    if (across[before] === across[here] && step > 0) yield step;
  }
}

/** The smallest of those that are as frequent. */
function findMode(values: Iterable<number>): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  return best?.[0];
}

function failWithoutSpan({ source }: RawValues): never {
  throw new OptionError('patchSpan', 'level-0 pixels that a patch spans', undefined, {
    hint: `${source} does not say it, and its patches form no grid`,
  });
}

function checkPlaces(
  { x, y, width, height }: PatchValues,
  source: string,
  slide: Pick<Slide, 'name' | 'width' | 'height'>,
): void {
  for (let patch = 0; patch < x.length; patch++) {
    const [left = 0, top = 0] = [x[patch], y[patch]];
    const [right, bottom] = [left + (width[patch] ?? 0), top + (height[patch] ?? 0)];
    if (right > 0 && bottom > 0 && left < slide.width && top < slide.height && right > left && bottom > top) continue;
    throw new DatasetError(
      source,
      `a patch of ${right - left} x ${bottom - top} px at ${left}, ${top} does not lie on ${slide.name}, which has ${slide.width} x ${slide.height} px`,
      { reason: 'outside-slide' },
      { hint: 'give the scores of this very slide; x and y are level-0 pixels' },
    );
  }
}
