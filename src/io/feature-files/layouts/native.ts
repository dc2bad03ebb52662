import { compareShapes, encodeHeader, type TensorShape } from '../../safetensors/encode-header.ts';
import { encodeCorners, encodeFeatures } from '../encode-columns.ts';
import type { FeatureFacts, FeatureTable } from '../feature-table.ts';
import type { Layout } from './layout.ts';

/** In the metadata of a native file. */
export const NATIVE_FORMAT = 'slideloom/features/v1';

/**
 * `<slide>.safetensors`: `features` [rows, dimension], `coords` int32 [rows, 2] (level-0 pixels of the top-left corners), and
 * `microns` float64 [rows, 2] where the slide's pixel size is known. What else is known stands in the metadata.
 */
export const createNativeFiles: Layout = (facts, { precision }) => {
  const half = precision === 'float16';
  return [{ path: `${facts.slide}.safetensors`, encode: (table) => encodeNative(table, half) }];
};

function* encodeNative(table: FeatureTable, half: boolean): Generator<Uint8Array> {
  const { rows, dimension, facts } = table;
  const { mpp } = facts;
  const tensors = new Map<string, { shape: TensorShape; encode: () => Iterable<Uint8Array> }>([
    [
      'features',
      { shape: { type: half ? 'F16' : 'F32', shape: [rows, dimension] }, encode: () => encodeFeatures(table, half) },
    ],
    ['coords', { shape: { type: 'I32', shape: [rows, 2] }, encode: () => encodeCorners(table, 'I32') }],
  ]);
  if (mpp)
    tensors.set('microns', {
      shape: { type: 'F64', shape: [rows, 2] },
      encode: () => encodeCorners(table, 'F64', mpp),
    });
  const sorted = [...tensors].map(([name, { shape }]) => [name, shape] as const).sort(compareShapes);
  yield encodeHeader(sorted, describeFacts(facts));
  for (const [name] of sorted) yield* tensors.get(name)?.encode() ?? [];
}

/** Metadata are texts: each fact is JSON under its own name. */
function describeFacts({ slide, width, height, mpp, patch, level, magnification, model, stain }: FeatureFacts) {
  const said = { width, height, mpp, patch, level, magnification, model, stain };
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return {
    format: NATIVE_FORMAT,
    slide,
    ...Object.fromEntries(known.map(([key, value]) => [key, JSON.stringify(value)])),
  };
}
