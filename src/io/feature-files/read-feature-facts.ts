import { basename } from 'node:path';
import { openHdf5 } from '../hdf5/read-hdf5.ts';
import { readTensorHeader } from '../safetensors/read-tensor-bytes.ts';
import { TENSOR_ARRAYS, type Tensor } from '../safetensors/tensor.ts';
import { openFileSource } from '../source/file-source.ts';
import { readHdf5Features } from './read-hdf5-features.ts';
import { readNativeFeatures } from './read-native-features.ts';
import { isHdf5 } from './read-slide-features.ts';
import type { SlideFeatures } from './slide-features.ts';

/** What a file says beside its features and places. */
export type FeatureFileFacts = Omit<SlideFeatures, 'features' | 'x' | 'y' | 'micronsX' | 'micronsY'>;

/**
 * As `readSlideFeatures`, without the features: only the head of the file is read, however large it is.
 * @throws SourceError; TensorFileError for other files, and damaged ones
 */
export async function readFeatureFacts(path: string): Promise<FeatureFileFacts> {
  const name = basename(path).replace(/\.(h5|hdf5|safetensors)$/i, '');
  const { features: _none, x: _x, y: _y, micronsX: _mx, micronsY: _my, ...facts } = await readEmpty(path, name);
  return facts;
}

/** The file as if its tensors had no elements. */
async function readEmpty(path: string, name: string): Promise<SlideFeatures> {
  if (!(await isHdf5(path))) return readNativeFeatures({ path, name }, await readTensorHeads(path));
  using file = await openHdf5(path);
  const datasets = [...file.datasets].map(
    ([key, { shape, type, attributes }]) =>
      [key, { shape, type, attributes, read: () => new Uint8Array(new ArrayBuffer(0)) }] as const,
  );
  return readHdf5Features({ path, name }, { attributes: file.attributes, datasets: new Map(datasets) });
}

async function readTensorHeads(path: string) {
  await using source = await openFileSource(path);
  const { places, metadata } = await readTensorHeader(source);
  const heads = [...places].map(([key, { type, shape }]): [string, Tensor] => {
    return [key, { type, shape, data: new TENSOR_ARRAYS[type](0) }];
  });
  return { tensors: new Map(heads), metadata };
}
