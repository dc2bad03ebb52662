import { TensorFileError } from '../../utils/errors.ts';
import type { TensorFile } from '../safetensors/parse-safetensors.ts';
import type { Tensor } from '../safetensors/tensor.ts';
import { toFloat32 } from '../safetensors/to-float32.ts';
import type { FeatureSet } from './feature-set.ts';
import { NATIVE_FORMAT } from './layouts/native.ts';

/** @throws TensorFileError where the file has no features, or they are damaged */
export function readNativeFeatures(path: string, { tensors, metadata }: TensorFile): FeatureSet {
  const features = tensors.get('features');
  const [rows, dimension, ...more] = features?.shape ?? [];
  if (!features || rows === undefined || dimension === undefined || more.length > 0)
    throw new TensorFileError(path, 'it has no features [rows, dimension]', {
      hint: `give a file of \`slideloom embed\` (${NATIVE_FORMAT}), or one of CLAM, TRIDENT or STAMP`,
    });
  const facts = Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, parseFact(name, text)]));
  const { patch, model } = facts as { patch?: { span?: FeatureSet['span'] }; model?: { name?: string } };
  return {
    ...{ layout: 'native', rows, dimension, features: toFloat32(features), facts },
    corners: toPlaces(tensors.get('coords')),
    microns: toPlaces(tensors.get('microns')),
    encoder: model?.name,
    span: patch?.span,
  };
}

/** Names stand as they are, everything else as JSON; what is neither is left as text. */
function parseFact(name: string, text: string): unknown {
  if (name === 'format' || name === 'slide') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toPlaces(tensor: Tensor | undefined): Float64Array | undefined {
  if (!tensor) return undefined;
  const { type, data } = tensor;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return type === 'F16' || type === 'BF16' ? Float64Array.from(toFloat32(tensor)) : Float64Array.from(data);
}
