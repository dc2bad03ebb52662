import { createMissingMppError } from '../../../slide/mpp.ts';
import { LevelError, OptionError } from '../../../utils/errors.ts';
import type { PatchGeometry } from '../patch-plan.ts';
import type { PlanSlide } from './patch-grid.ts';
import type { ResolvedPlanOptions } from './resolve-options.ts';

/**
 * Size of a patch on the slide. An axis of its own for each: scanners with unequal pixels give unequal spans.
 * @throws MissingMppError, LevelError.
 */
export function computeGeometry(slide: PlanSlide, options: ResolvedPlanOptions): PatchGeometry {
  const { size, level } = options;
  const { downsample, mpp } =
    level === undefined ? findDownsample(slide, options) : { ...getLevel(slide, level), mpp: undefined };
  return {
    size,
    span: { x: snap(size * downsample.x), y: snap(size * downsample.y) },
    downsample,
    mpp: mpp ?? (slide.mpp && slide.mpp.x * downsample.x),
    level,
  };
}

export function getLevel(slide: PlanSlide, level: number): PlanSlide['levels'][number] {
  const found = slide.levels[level];
  if (found === undefined) throw new LevelError(slide.name, level, slide.levels.length);
  return found;
}

/** @throws OptionError where a patch can't lie inside the slide at all. */
export function checkFits(slide: PlanSlide, geometry: PatchGeometry): void {
  const { size, span } = geometry;
  const fits =
    geometry.level === undefined
      ? span.x <= slide.width && span.y <= slide.height
      : size <= Math.min(getLevel(slide, geometry.level).width, getLevel(slide, geometry.level).height);
  if (fits) return;
  const unit = geometry.level === undefined ? `${geometry.mpp} um/px` : `level ${geometry.level}`;
  const spans = `${size} px at ${unit} span ${format(span.x)} x ${format(span.y)} level-0 px`;
  throw new OptionError(
    'size',
    `a patch that fits in ${slide.name} (${slide.width} x ${slide.height}; ${spans})`,
    size,
    {
      hint: 'choose a smaller size, a finer mpp or level, or --edge pad, which fills with white',
    },
  );
}

/** Takes out the last digits' noise of a product that is an integer but for rounding: 512·0.3/0.1 is 1536. */
export function snap(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= 1e-9 * Math.abs(value) ? nearest : value;
}

/** The downsample that gives `mpp`; that of a level where one is within the tolerance on both axes. */
function findDownsample(
  slide: PlanSlide,
  { mpp, mppTolerance }: ResolvedPlanOptions,
): { downsample: { x: number; y: number }; mpp: number | undefined } {
  if (slide.mpp === undefined || mpp === undefined) throw createMissingMppError(slide, 'patch extraction');
  const exact = { x: snap(mpp / slide.mpp.x), y: snap(mpp / slide.mpp.y) };
  const near = (a: number, b: number) => Math.abs(a / b - 1) <= mppTolerance;
  const level = slide.levels.find(({ downsample: { x, y } }) => near(x, exact.x) && near(y, exact.y));
  if (level === undefined) return { downsample: exact, mpp };
  return { downsample: level.downsample, mpp: snap(slide.mpp.x * level.downsample.x) };
}

function format(pixels: number): string {
  return `${Math.round(pixels * 100) / 100}`;
}
