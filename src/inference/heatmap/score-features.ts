import type { OpenSlideFeatures } from '../../io/feature-files/open-slide-features.ts';
import type { Slide } from '../../slide/slide.ts';
import { DatasetError, ModelError, OptionError } from '../../utils/errors.ts';
import { checkBag, checkNumbers } from '../mil/check-bag.ts';
import type { MilModel } from '../mil/open-mil-model.ts';
import { getPatchPlaces } from '../mil/patch-places.ts';
import type { RawValues, ValueKind } from './patch-values.ts';
import { predictInParts } from './predict-in-parts.ts';

const ATTENTION = 'attention';

export interface FeatureScoring {
  readonly path: string;
  /** `attention`, or a class. */
  readonly value: string | undefined;
  /** Level-0 pixels that a patch spans where the file does not say it. */
  readonly patchSpan: number | undefined;
  readonly anyBackbone: boolean;
  readonly slide: Pick<Slide, 'name' | 'width' | 'height'>;
}

/**
 * Runs a classifier of slides over stored features: attention, or the probability of a class by each patch alone.
 * @throws DatasetError where the features are of another slide or another network, or no numbers; OptionError for a value that the
 *   model does not give; what `MilModel.consume` throws
 */
export async function scoreFeatures(
  features: OpenSlideFeatures,
  model: MilModel,
  { path, value, patchSpan, anyBackbone, slide }: FeatureScoring,
): Promise<RawValues> {
  const { name, kind, label } = chooseValue(model, value);
  checkSlide(features, path, slide);
  const places = getPatchPlaces(features, { path, span: patchSpan });
  const { unit, x, y } = places;
  const base = { source: path, name, kind, unit, x, y };
  const fill = (side: number | undefined) => new Float64Array(x.length).fill(side ?? Number.NaN);
  const sides = { width: fill(places.width), height: fill(places.height) };
  if (features.count === 0) return { ...base, ...sides, values: new Float64Array(), notices: [] };
  const notices = checkBag(model, features, { path, anyBackbone });
  const { count, dim } = features;
  const readRows = async (first: number, rows: number) => {
    const part = await features.readRows(first, rows);
    checkNumbers({ features: part, dim, first }, path);
    return part;
  };
  const { attention, instanceProbabilities } = await predictInParts(model, { count, dim, readRows });
  const { length: classes } = model.classes;
  const values =
    label === undefined
      ? Float64Array.from(attention ?? [])
      : Float64Array.from({ length: count }, (_, i) => instanceProbabilities?.[i * classes + label] ?? 0);
  return { ...base, ...sides, values, notices };
}

/** By default attention, else the probability of the second of two classes. */
function chooseValue(
  { path, classes, hasAttention, hasInstances }: MilModel,
  asked: string | undefined,
): { name: string; kind: ValueKind; label: number | undefined } {
  const choices = [...(hasAttention ? [ATTENTION] : []), ...(hasInstances ? classes : [])];
  if (choices.length === 0)
    throw new ModelError(path, 'it says nothing of single patches', {
      hint: 'export it with an output attention or instance_logits',
    });
  const name = asked ?? (hasAttention || classes.length > 2 ? ATTENTION : classes.at(-1)) ?? '';
  if (!choices.includes(name)) throw new OptionError('value', `one of ${choices.join(', ')}`, asked);
  if (name === ATTENTION && hasAttention) return { name, kind: 'attention', label: undefined };
  return { name, kind: 'probability', label: classes.indexOf(name) };
}

function checkSlide(
  { slideWidth, slideHeight, slide: name }: OpenSlideFeatures,
  path: string,
  slide: Pick<Slide, 'name' | 'width' | 'height'>,
): void {
  const other = (size: number | undefined, own: number) => size !== undefined && size !== own;
  if (!other(slideWidth, slide.width) && !other(slideHeight, slide.height)) return;
  throw new DatasetError(
    path,
    `its features are of ${name}, ${slideWidth} x ${slideHeight} px, and ${slide.name} has ${slide.width} x ${slide.height} px`,
    { reason: 'other-slide' },
    { hint: 'give the features of this very slide' },
  );
}
