import { isSlideloomError } from '../../utils/errors.ts';
import type { LeftOut } from '../loop/fed-batch.ts';
import type { BagExample } from './bag-example.ts';
import type { BagStore } from './bag-store.ts';

/** @returns features, or why there are none @throws DatasetError where bad slides are not left out */
export async function readBag(
  store: BagStore,
  example: BagExample,
  skipsBad: boolean,
): Promise<Float32Array | LeftOut> {
  try {
    return await store.read(example);
  } catch (error) {
    if (!skipsBad || !isSlideloomError(error, 'dataset')) throw error;
    return { path: example.path, message: error.message };
  }
}
