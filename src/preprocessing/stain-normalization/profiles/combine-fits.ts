/** One set of statistics of several pictures. */
import { OptionError } from '../../../utils/errors.ts';
import { joinPixels } from '../kernels/join-pixels.ts';
import type { ColorMoments, RgbPixels, StainMethod, StainStatistics, StainVectors, Vector3 } from '../stain-method.ts';
import { add, normalize, scale } from '../vectors/vectors.ts';

/**
 * Several pictures as one, so that a method finds the statistics of all their pixels together. Those of one width lie below
 * each other; else all pixels lie in one row.
 * @throws OptionError where the method looks at neighbours and the widths differ
 */
export function poolPixels(method: StainMethod, pictures: readonly RgbPixels[]): RgbPixels {
  const [first] = pictures;
  const data = joinPixels(pictures.map((picture) => picture.data));
  if (first && pictures.every(({ width }) => width === first.width))
    return { width: first.width, height: pictures.reduce((sum, { height }) => sum + height, 0), data };
  if (method.fitUsesNeighbours)
    throw new OptionError('targets', `pictures of one width for ${method.name}, which looks at neighbours`, pictures);
  return { width: data.length / 3, height: 1, data };
}

/**
 * The mean of each vector, strength and moment: torchstain's `avg-post`. With `unit`, stain vectors get length 1 again, as a
 * cohort's should.
 * @throws TypeError for none, for stains mixed with colour moments, and for unequal numbers of stains
 */
export function averageStatistics(all: readonly StainStatistics[], { unit = false } = {}): StainStatistics {
  const stains = all.filter((one): one is StainVectors => one.kind === 'stains');
  const colors = all.filter((one): one is ColorMoments => one.kind === 'color');
  if (stains.length === all.length && stains.length > 0) return averageStains(stains, unit);
  if (colors.length === all.length && colors.length > 0)
    return {
      kind: 'color',
      mean: meanVector(colors.map(({ mean }) => mean)),
      deviation: meanVector(colors.map(({ deviation }) => deviation)),
    };
  throw new TypeError('expected statistics of one kind, and at least one');
}

function averageStains(all: readonly StainVectors[], unit: boolean): StainVectors {
  const count = all[0]?.stains.length ?? 0;
  if (all.some(({ stains }) => stains.length !== count)) throw new TypeError('expected equal numbers of stains');
  const places = Array.from({ length: count }, (_, k) => k);
  const vectors = places.map((k) => meanVector(all.map(({ stains }) => stains[k] ?? [0, 0, 0])));
  const strengths = places.map((k) => all.reduce((sum, one) => sum + (one.maxConcentrations[k] ?? 1), 0) / all.length);
  return { kind: 'stains', stains: unit ? vectors.map(normalize) : vectors, maxConcentrations: strengths };
}

function meanVector(all: readonly Vector3[]): Vector3 {
  const zero: Vector3 = [0, 0, 0];
  return scale(
    all.reduce((sum, one) => add(sum, one), zero),
    1 / all.length,
  );
}
