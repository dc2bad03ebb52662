import { basename } from 'node:path';
import type { WrittenFile } from '../utils/atomic-file.ts';
import { writePiecesAtomic } from '../utils/atomic-pieces.ts';
import { createInferenceModel } from './inference-model.ts';
import type { ModelMessage, TensorMessage } from './model/messages.ts';
import { encodeModel, type OnnxModel } from './model.ts';

export interface ExportOptions {
  /** From so many bytes of weights on they go into a file of their own, beside the model. Default 1.9 GB; the format allows 2. */
  maxInside?: number;
  /** Entries of the model's metadata to add or replace. */
  metadata?: Readonly<Record<string, string>>;
}

const MAX_INSIDE = 1_900_000_000;
/** Tensors begin at multiples of it in a file of their own, so that it can be mapped to memory. */
const ALIGNMENT = 4096;
/** Smaller tensors stay inside: shapes and constants, which runtimes read before they open other files. */
const MIN_OUTSIDE = 1024;
/** `TensorProto.DataLocation` */
const EXTERNAL = 1;

/**
 * Writes the model with trained weights as an ONNX file for inference; large weights to `path.data` beside it. Both files are
 * whole or absent, and no copy of the weights is made.
 * @returns the files written, the model first
 * @throws OutputError; OptionError and ModelError as `createInferenceModel`
 */
export async function exportModel(
  path: string,
  model: OnnxModel,
  weights: ReadonlyMap<string, Float32Array>,
  options: ExportOptions = {},
): Promise<WrittenFile[]> {
  const { maxInside = MAX_INSIDE, metadata = {} } = options;
  const message = addMetadata(createInferenceModel(model, weights), metadata);
  const tensors = message.graph?.initializer ?? [];
  const bytes = tensors.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0);
  if (bytes <= maxInside) return [await writePiecesAtomic(path, encodeModel(message), { fsync: true })];
  const { inside, pieces } = moveOutside(tensors, `${basename(path)}.data`);
  const data = await writePiecesAtomic(`${path}.data`, pieces, { fsync: true });
  const slim = { ...message, graph: { ...message.graph, initializer: inside } };
  return [await writePiecesAtomic(path, encodeModel(slim), { fsync: true }), data];
}

function addMetadata(message: ModelMessage, metadata: Readonly<Record<string, string>>): ModelMessage {
  const kept = (message.metadataProps ?? []).filter(({ key }) => !Object.hasOwn(metadata, key ?? ''));
  const added = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return { ...message, metadataProps: [...kept, ...added] };
}

function moveOutside(
  tensors: readonly TensorMessage[],
  location: string,
): { inside: TensorMessage[]; pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  let end = 0;
  const inside = tensors.map((tensor) => {
    const { rawData, ...rest } = tensor;
    if (!rawData || rawData.length < MIN_OUTSIDE) return tensor;
    const gap = (ALIGNMENT - (end % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) pieces.push(new Uint8Array(gap));
    const offset = end + gap;
    pieces.push(rawData);
    end = offset + rawData.length;
    const entries = { location, offset: String(offset), length: String(rawData.length) };
    return {
      ...rest,
      dataLocation: EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    };
  });
  return { inside, pieces };
}
