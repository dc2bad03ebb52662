import { joinChunks } from '../../onnx/model/encode-message.ts';
import { decodeModel, encodeModel } from '../../onnx/model.ts';
import { FEATURES } from '../../onnx/models/mil/bag-graph.ts';
import { standardizeInput } from '../../onnx/standardize-input.ts';
import type { BagStore } from '../bags/bag-store.ts';
import { measureFeatures } from '../bags/measure-features.ts';
import { HELD } from './feed-bags.ts';
import type { Phase2Settings } from './options.ts';
import type { Phase2Data } from './read-data.ts';

/**
 * The model with mean and deviation of the training slides' features inside: backbones give features of any size, and weights
 * begin as for numbers about 1. All features are read once for it.
 * @throws DatasetError, AbortedError
 */
export async function standardizeModel(
  bytes: Uint8Array,
  store: BagStore,
  {
    settings,
    data,
    signal,
  }: { readonly settings: Phase2Settings; readonly data: Phase2Data; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { train: examples, featureDim: dim } = data;
  const skipsBad = settings.onBadSlide === 'skip';
  const moments = await measureFeatures({ store, examples, dim, skipsBad, held: HELD, signal });
  return joinChunks(encodeModel(standardizeInput(decodeModel(bytes, settings.model), FEATURES, moments).message));
}
