import { LevelError, MissingMppError, OptionError } from '../../../utils/errors.ts';
import type { PatchGeometry } from '../patch-plan.ts';
import type { PlanSlide } from './patch-grid.ts';
import type { ResolvedPlanOptions } from './resolve-options.ts';

/**
 * Size of a patch on the slide. An axis of its own for each: scanners with unequal pixels give unequal spans.
 * @throws MissingMppError, LevelError.
 */
export function computeGeometry(slide: PlanSlide, { size, mpp, level }: ResolvedPlanOptions): PatchGeometry {
  const downsample = level === undefined ? downsampleOfMpp(slide, mpp) : getLevel(slide, level).downsample;
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

function downsampleOfMpp(slide: PlanSlide, mpp: number | undefined): { x: number; y: number } {
  if (slide.mpp === undefined || mpp === undefined) throw new MissingMppError(slide.name, 'patch extraction');
  return { x: snap(mpp / slide.mpp.x), y: snap(mpp / slide.mpp.y) };
}

function format(pixels: number): string {
  return `${Math.round(pixels * 100) / 100}`;
}
