import { TensorFileError } from '../../utils/errors.ts';
import type { H5Dataset, H5File } from '../hdf5/open-hdf5.ts';
import { TENSOR_ARRAYS, type Tensor } from '../safetensors/tensor.ts';
import { toFloat32 } from '../safetensors/to-float32.ts';
import type { FeatureSet } from './feature-set.ts';

/** @throws TensorFileError where the file is none of CLAM's, TRIDENT's or STAMP's, or damaged */
export async function readHdf5Features(path: string, { attributes, datasets }: H5File): Promise<FeatureSet> {
  const stamp = datasets.get('feats');
  const features = stamp ?? datasets.get('features');
  const coords = datasets.get('coords');
  const [rows, dimension, ...more] = features?.shape ?? [];
  if (!features || rows === undefined || dimension === undefined || more.length > 0)
    throw new TensorFileError(path, `it has no features [rows, dimension] (${[...datasets.keys()].join(', ')})`, {
      hint: 'give a file of features, not one of coordinates alone',
    });
  const values = toFloat32(await readTensor(path, features));
  const places = coords && (await readPlaces(path, coords));
  const facts = { ...Object.fromEntries(attributes), ...Object.fromEntries(coords?.attributes ?? []) };
  const isMicrons = stamp !== undefined;
  const encoder = features.attributes.get('encoder') ?? attributes.get('extractor');
  const side = Number(facts['patch_size_level0']);
  return {
    layout: stamp ? 'stamp' : coords?.attributes.size ? 'trident' : 'clam',
    ...{ rows, dimension, features: values, facts },
    corners: isMicrons ? undefined : places,
    microns: isMicrons ? places : undefined,
    encoder: typeof encoder === 'string' ? encoder : undefined,
    span: Number.isFinite(side) ? { x: side, y: side } : undefined,
  };
}

async function readTensor(path: string, { type, shape, read }: H5Dataset): Promise<Tensor> {
  if (!type) throw new TensorFileError(path, 'features or coordinates of a type that is not read');
  const TypedArray = TENSOR_ARRAYS[type];
  const bytes = await read();
  // A copy only where they begin at an address that the type can't have.
  const aligned = bytes.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const length = aligned.byteLength / TypedArray.BYTES_PER_ELEMENT;
  return { type, shape, data: new TypedArray(aligned.buffer as ArrayBuffer, aligned.byteOffset, length) };
}

async function readPlaces(path: string, coords: H5Dataset): Promise<Float64Array> {
  const { type, data } = await readTensor(path, coords);
  if (type === 'F16') throw new TensorFileError(path, 'coordinates in half precision, which is no place');
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float64Array.from(data, Number)
    : Float64Array.from(data);
}
