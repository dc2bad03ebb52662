import { basename } from 'node:path';
import type { Tensor } from '../../onnx/model/tensor.ts';
import type { Batch } from '../batches/batch.ts';
import type { PictureSettings } from '../batches/batch-job.ts';
import type { BatchLoader } from '../batches/batch-loader.ts';
import type { Example } from '../data/example.ts';
import type { FedBatch, Feed } from '../loop/fed-batch.ts';

export interface PictureFeed {
  readonly loader: BatchLoader;
  readonly examples: readonly Example[];
  readonly inputName: string;
  readonly pictures: PictureSettings;
  readonly classCount: number;
}

/** Pictures that an error names. */
const MOST_NAMED = 3;

/** Batches of pictures as tensors. */
export function createPictureFeed(feed: PictureFeed): Feed {
  return {
    async *load(plans, { signal }) {
      for await (const batch of feed.loader.load(plans, { signal })) yield toFed(batch, feed);
    },
  };
}

function toFed(batch: Batch, { inputName, pictures, classCount, examples }: PictureFeed): FedBatch {
  const { images, targets, count, epoch, position, skipped } = batch;
  const tensor = (dims: readonly number[], data: Float32Array): Tensor => ({ type: 'float32', dims, data });
  return {
    ...{ epoch, position, count, skipped, name: describeBatch(batch, examples) },
    inputs: new Map([[inputName, tensor([count, 3, pictures.height, pictures.width], images)]]),
    target: tensor([count, classCount], targets),
    release: () => batch.release(),
  };
}

function describeBatch({ epoch, position, indices }: Batch, examples: readonly Example[]): string {
  const names = indices.slice(0, MOST_NAMED).map((index) => basename(examples[index]?.path ?? ''));
  const more = indices.length > names.length ? `, and ${indices.length - names.length} more` : '';
  return `epoch ${epoch + 1}, batch ${position + 1} (${names.join(', ')}${more})`;
}
