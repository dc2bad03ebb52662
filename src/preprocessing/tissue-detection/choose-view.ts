/** Which picture of a slide tissue detection works on. */
import { createMissingMppError } from '../../slide/mpp.ts';
import type { Slide } from '../../slide/slide.ts';
import { LevelError, OptionError } from '../../utils/errors.ts';
import type { TissueSettings } from './options.ts';

export interface TissueView {
  /** The level whose pixels are used as they are; undefined where the picture is resampled. */
  readonly level: number | undefined;
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel of the picture. */
  readonly downsample: { readonly x: number; readonly y: number };
}

/** A level within this factor of the asked resolution is used as it is. */
const NEAR = 2;

/**
 * The pyramid level nearest to `mpp` (in log distance, the finer of two equals) where it is within a factor of 2 or
 * coarser than asked; else the picture is averaged down to `mpp`. Either way it has at most `maxPixels` pixels.
 * @throws MissingMppError without pixel size and level; LevelError; OptionError for a level of more than `maxPixels`.
 */
export function chooseTissueView(slide: Slide, settings: TissueSettings): TissueView {
  if (settings.level !== undefined) return viewGivenLevel(slide, settings, settings.level);
  if (!slide.mpp) throw createMissingMppError(slide, 'tissue detection');
  const wanted = { x: settings.mpp / slide.mpp.x, y: settings.mpp / slide.mpp.y };
  if (settings.method === 'trident') return viewTrident(slide, wanted, settings.maxPixels);
  const level = findNearestLevel(slide, Math.sqrt(wanted.x * wanted.y));
  const view = viewLevel(slide, level);
  const tooFine = view.downsample.x * NEAR < wanted.x * 0.99;
  if (!tooFine && view.width * view.height <= settings.maxPixels) return view;
  const downsample = tooFine ? wanted : view.downsample;
  return viewDownsampled(slide, downsample, settings.maxPixels);
}

/**
 * CLAM's level for `seg_level` -1: 0 where there is one level, else OpenSlide's best level for a downsample of 64, that
 * is the last one before the first that is coarser than 64.
 */
export function getClamLevel(slide: Pick<Slide, 'levels'>): number {
  const coarser = slide.levels.findIndex(({ downsample }) => (downsample.x + downsample.y) / 2 > 64);
  return coarser === -1 ? slide.levels.length - 1 : Math.max(0, coarser - 1);
}

function viewGivenLevel(slide: Slide, settings: TissueSettings, wanted: number | 'clam'): TissueView {
  const level = wanted === 'clam' ? getClamLevel(slide) : wanted;
  if (level >= slide.levels.length) throw new LevelError(slide.name, level, slide.levels.length);
  const view = viewLevel(slide, level);
  if (view.width * view.height > settings.maxPixels)
    throw new OptionError('level', `a level of at most ${settings.maxPixels} pixels (maxPixels)`, level, {
      hint: `${slide.name}: level ${level} has ${view.width} x ${view.height} pixels; choose a coarser one or raise maxPixels`,
    });
  return view;
}

function viewLevel(slide: Slide, level: number): TissueView {
  const found = slide.levels[level];
  if (!found) throw new LevelError(slide.name, level, slide.levels.length);
  return { level, width: found.width, height: found.height, downsample: found.downsample };
}

function findNearestLevel(slide: Slide, downsample: number): number {
  const distances = slide.levels.map((level) =>
    Math.abs(Math.log(Math.sqrt(level.downsample.x * level.downsample.y) / downsample)),
  );
  // Level sizes are rounded to pixels: a level must be nearer by more than 1 % to be preferred to a finer one.
  return distances.reduce((best, d, level) => (d < (distances[best] ?? Infinity) - 0.01 ? level : best), 0);
}

/** TRIDENT keeps the asked downsample to the digit and lets the last pixels stick out or fall short. */
function viewTrident(slide: Slide, asked: { x: number; y: number }, maxPixels: number): TissueView {
  const width = Math.max(1, Math.round(slide.width / asked.x));
  const height = Math.max(1, Math.round(slide.height / asked.y));
  if (width * height > maxPixels) return viewDownsampled(slide, asked, maxPixels);
  return { level: undefined, width, height, downsample: asked };
}

/** The picture's pixels cover the slide exactly, so the downsample is a little off the asked one. */
function viewDownsampled(slide: Slide, asked: { x: number; y: number }, maxPixels: number): TissueView {
  const pixels = (slide.width / asked.x) * (slide.height / asked.y);
  const excess = Math.max(1, Math.sqrt(pixels / maxPixels));
  const round = excess > 1 ? Math.floor : Math.round;
  const width = Math.min(slide.width, Math.max(1, round(slide.width / (asked.x * excess))));
  const height = Math.min(slide.height, Math.max(1, round(slide.height / (asked.y * excess))));
  return { level: undefined, width, height, downsample: { x: slide.width / width, y: slide.height / height } };
}
