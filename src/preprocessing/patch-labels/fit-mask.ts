import { formatMpp } from '../../slide/mpp.ts';
import type { Slide } from '../../slide/slide.ts';
import { MaskError } from '../../utils/errors.ts';
import type { LabelMask } from './label-mask.ts';

/** Of two pixel sizes that count as the same: what files round to is far less, and what scanners say of objectives is more. */
const MPP_TOLERANCE = 0.01;

interface Pair {
  readonly x: number;
  readonly y: number;
}

/** The slide that a mask lies on. */
export type MaskedSlide = Pick<Slide, 'name' | 'width' | 'height' | 'mpp'>;

/** How a mask lies on its slide. */
export interface MaskFit {
  /** Level-0 pixels per pixel of the mask. */
  readonly downsample: Pair;
  /** Of a downsample that is a guess. */
  readonly notices: readonly string[];
}

/**
 * Level-0 pixels per pixel of the mask: what the caller says, what the file says, or, where it says nothing, the whole number
 * that fits both sides, or else the ratio of the sides.
 * @throws MaskError where the mask, so magnified, differs from the slide by more than a pixel of the mask on either side, or
 *   the two have other microns
 */
export function fitMask(mask: LabelMask, slide: MaskedSlide, given: number | undefined): MaskFit {
  const own = mask.facts.downsample;
  const said = given === undefined ? own : { x: given, y: given };
  const { downsample, notices } = said ? { downsample: said, notices: [] } : guessDownsample(mask, slide);
  const covers = { width: mask.width * downsample.x, height: mask.height * downsample.y };
  const off =
    Math.abs(covers.width - slide.width) > downsample.x || Math.abs(covers.height - slide.height) > downsample.y;
  const meant = given === undefined ? mask.facts.slide : undefined;
  const other = meant && (meant.width !== slide.width || meant.height !== slide.height);
  if (off || other) throw createFitError(mask, slide, { found: downsample, meant: other ? meant : undefined });
  if (given === undefined) checkMpp(mask, slide, downsample);
  return { downsample, notices };
}

function guessDownsample(mask: LabelMask, slide: MaskedSlide): MaskFit {
  const ratio = { x: slide.width / mask.width, y: slide.height / mask.height };
  const fitting = listFitting(mask, slide);
  const whole = fitting.length > 0 ? chooseWhole(mask, slide, fitting) : undefined;
  const hint = 'say it by --mask-downsample if that is not so';
  if (whole) {
    const { value, certain } = whole;
    const range = `${fitting[0]} to ${fitting.at(-1)}`;
    const guess = `${mask.name} does not say its downsample: of ${range}, which fit, ${value} is taken; ${hint}`;
    return { downsample: { x: value, y: value }, notices: certain ? [] : [guess] };
  }
  const most = Math.max(ratio.x, ratio.y);
  // The sides are whole pixels, so that their ratios differ a little; by more, it is another picture.
  if (Math.abs(mask.height * ratio.x - slide.height) > most && Math.abs(mask.width * ratio.y - slide.width) > most)
    throw createFitError(mask, slide, { found: undefined, meant: undefined });
  const taken = `${format(ratio)} is taken, as the sizes say`;
  const guess = `${mask.name} does not say its downsample, and no whole number fits: ${taken}; ${hint}`;
  return { downsample: ratio, notices: ratio.x === ratio.y ? [] : [guess] };
}

/** Whole numbers by which both sides of the mask, cut off, rounded or rounded up, are the slide's; from the least. */
function listFitting(mask: LabelMask, slide: MaskedSlide): number[] {
  const fits = (side: number, pixels: number, whole: number) => Math.abs(pixels * whole - side) < whole;
  const found: number[] = [];
  const most = slide.width / Math.max(0.5, mask.width - 1);
  for (let whole = Math.max(1, Math.floor(slide.width / (mask.width + 1))); whole <= most; whole++)
    if (fits(slide.width, mask.width, whole) && fits(slide.height, mask.height, whole)) found.push(whole);
  return found;
}

/** Of several: as the microns say; by which the slide is divided without rest; a power of two; the one nearest the ratio. */
function chooseWhole(
  mask: LabelMask,
  slide: MaskedSlide,
  fitting: readonly number[],
): { value: number; certain: boolean } {
  const nearest = (to: number) =>
    fitting.reduce((best, one) => (Math.abs(one - to) < Math.abs(best - to) ? one : best));
  const exact = fitting.find((one) => one * mask.width === slide.width && one * mask.height === slide.height);
  if (mask.facts.mpp && isMeasured(slide.mpp)) return { value: nearest(mask.facts.mpp.x / slide.mpp.x), certain: true };
  if (exact !== undefined) return { value: exact, certain: true };
  const power = fitting.find((one) => Number.isInteger(Math.log2(one)));
  return { value: power ?? nearest(slide.width / mask.width), certain: fitting.length === 1 };
}

/** An estimate by the objective may be off by 20 %. */
function isMeasured(mpp: MaskedSlide['mpp']): mpp is NonNullable<MaskedSlide['mpp']> {
  return mpp !== undefined && mpp.source !== 'objective';
}

function checkMpp({ name, facts }: LabelMask, slide: MaskedSlide, downsample: Pair): void {
  if (!facts.mpp || !isMeasured(slide.mpp)) return;
  const mpp = { x: facts.mpp.x / downsample.x, y: facts.mpp.y / downsample.y };
  const near = (a: number, b: number) => Math.abs(a / b - 1) <= MPP_TOLERANCE;
  if (near(mpp.x, slide.mpp.x) && near(mpp.y, slide.mpp.y)) return;
  throw new MaskError(
    name,
    `its pixels of ${formatMpp(facts.mpp)} at downsample ${format(downsample)} belong to a slide of ${formatMpp(mpp)} per ` +
      `pixel, but ${slide.name} has ${formatMpp(slide.mpp)}`,
    { hint: 'make the mask with the same --mpp as the patches, or say how it lies: --mask-downsample' },
  );
}

function createFitError(
  mask: LabelMask,
  slide: MaskedSlide,
  { found, meant }: { found: Pair | undefined; meant: { width: number; height: number } | undefined },
): MaskError {
  const at = found
    ? `, ${mask.width} x ${mask.height} pixels at downsample ${format(found)},`
    : ` of ${mask.width} x ${mask.height} pixels`;
  const made = meant ? ` is of a slide of ${meant.width} x ${meant.height} and` : '';
  return new MaskError(
    mask.name,
    `the mask${at}${made} does not lie on ${slide.name}, which has ${slide.width} x ${slide.height}`,
    { hint: 'is it the mask of another slide? --mask-downsample says how many slide pixels one of its pixels spans' },
  );
}

function format({ x, y }: Pair): string {
  const [a, b] = [x, y].map((value) => String(Math.round(value * 10_000) / 10_000));
  return a === b ? `${a}` : `${a} x ${b}`;
}
