import { TensorFileError } from '../../utils/errors.ts';
import type { H5Dataset, H5File } from '../hdf5/read-hdf5.ts';
import { TENSOR_ARRAYS, type Tensor } from '../safetensors/tensor.ts';
import { toFloat32 } from '../safetensors/to-float32.ts';
import type { SlideFeatures } from './slide-features.ts';
import { splitPlaces } from './split-places.ts';

/** @throws TensorFileError where the file is none of CLAM's, TRIDENT's or STAMP's, or damaged */
export function readHdf5Features(
  { path, name }: { readonly path: string; readonly name: string },
  { attributes, datasets }: Pick<H5File, 'attributes' | 'datasets'>,
): SlideFeatures {
  const stamp = datasets.get('feats');
  const features = stamp ?? datasets.get('features');
  const coords = datasets.get('coords');
  const [count, dim, ...more] = features?.shape ?? [];
  if (!features || count === undefined || dim === undefined || more.length > 0)
    throw new TensorFileError(path, `it has no features [count, dim] (${[...datasets.keys()].join(', ')})`, {
      hint: 'give a file of features, not one of coordinates alone',
    });
  const facts: Readonly<Record<string, unknown>> = Object.fromEntries([...attributes, ...(coords?.attributes ?? [])]);
  const { x, y } = coords ? splitPlaces(readTensor(path, coords).data) : {};
  const side = toNumber(facts['patch_size_level0']);
  const places = stamp
    ? { x: undefined, y: undefined, micronsX: x, micronsY: y }
    : { x, y, micronsX: undefined, micronsY: undefined };
  return {
    layout: stamp ? 'stamp' : coords?.attributes.size ? 'trident' : 'clam',
    slide: toText(facts['name']) ?? name,
    ...{ count, dim, features: toFloat32(readTensor(path, features)), ...places },
    patchSize: side === undefined ? undefined : { x: side, y: side },
    mpp: undefined,
    slideWidth: toNumber(facts['level0_width']),
    slideHeight: toNumber(facts['level0_height']),
    model: toText(features.attributes.get('encoder') ?? facts['extractor']),
    facts,
  };
}

function readTensor(path: string, dataset: H5Dataset): Tensor {
  const { type, shape } = dataset;
  if (!type) throw new TensorFileError(path, 'features or coordinates of a type that is not read');
  return { type, shape, data: new TENSOR_ARRAYS[type](dataset.read().buffer) };
}

function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
