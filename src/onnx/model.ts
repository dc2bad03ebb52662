/** ONNX files: bytes to messages and back. Nothing here knows what operators mean. */
import { readFile, stat } from 'node:fs/promises';
import { ModelError, SourceError } from '../utils/errors.ts';
import { decodeMessage } from './model/decode-message.ts';
import { encodeMessage } from './model/encode-message.ts';
import { checkLocation, ExternalData, getLocation } from './model/external-data.ts';
import { readFileOutline } from './model/file-outline.ts';
import type { GraphMessage, ModelMessage } from './model/messages.ts';
import { isExternal, readTensor, readTensorOutline, type Tensor } from './model/tensor.ts';
import { WireFault } from './model/wire-reader.ts';

/** A model as it was read: its messages, and its initializers with their values, wherever those were stored. */
export interface OnnxModel {
  /** Path or name, for messages. */
  readonly source: string;
  readonly message: ModelMessage;
  readonly graph: GraphMessage;
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** What protobuf itself bounds a file to. Larger models keep their weights in files beside them. */
const MAX_FILE = 2 ** 31 - 1;

/**
 * Reads a model and its external data.
 * @throws SourceError where the file can't be read; ModelError where it is no model
 */
export async function readModel(path: string): Promise<OnnxModel> {
  const bytes = await readWhole(path);
  const { message, graph } = decode(path, bytes);
  await using external = new ExternalData(path);
  const initializers = new Map<string, Tensor>();
  for (const tensor of graph.initializer ?? []) {
    try {
      initializers.set(tensor.name ?? '', isExternal(tensor) ? await external.read(tensor) : readTensor(tensor));
    } catch (error) {
      throw describeFault(path, error);
    }
  }
  return { source: path, message, graph, initializers };
}

/**
 * Reads what a model is, without its weights: of tensors of more than 1 KiB, or in other files, `data` is empty. It is for looking
 * at a graph: what is to run, or to be written, is read with `readModel`.
 * @throws as `readModel`
 */
export function readModelOutline(path: string): OnnxModel {
  try {
    const { message, graph } = decode(path, readFileOutline(path));
    const tensors = graph.initializer ?? [];
    for (const tensor of tensors) if (isExternal(tensor)) checkLocation(getLocation(tensor));
    const initializers = new Map(tensors.map((tensor) => [tensor.name ?? '', readTensorOutline(tensor)]));
    return { source: path, message, graph, initializers };
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new SourceError(path, error.message, { cause: error });
    throw describeFault(path, error);
  }
}

/**
 * A model from bytes, which it keeps: its tensors are views of them.
 * @throws ModelError where they are no model, or its weights lie in other files
 */
export function decodeModel(bytes: Uint8Array, source = 'model'): OnnxModel {
  // A Buffer's slice() is a view where an array's is a copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { message, graph } = decode(source, plain);
  const initializers = new Map<string, Tensor>();
  for (const tensor of graph.initializer ?? []) {
    if (isExternal(tensor))
      throw new ModelError(source, `the values of "${tensor.name ?? ''}" are in another file`, {
        hint: 'give the path of the model in place of its bytes',
      });
    try {
      initializers.set(tensor.name ?? '', readTensor(tensor));
    } catch (error) {
      throw describeFault(source, error);
    }
  }
  return { source, message, graph, initializers };
}

/** The model as chunks whose concatenation is the file; weights are not copied into them. */
export function encodeModel(message: ModelMessage): Uint8Array[] {
  return encodeMessage('model', message);
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE)
      throw new ModelError(path, `${size} bytes in one file, the format's limit is 2 GiB`, {
        hint: 'export the model with its weights as external data',
      });
    return await readFile(path);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new SourceError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function decode(source: string, bytes: Uint8Array): { message: ModelMessage; graph: GraphMessage } {
  let message: ModelMessage;
  try {
    message = decodeMessage<ModelMessage>('model', bytes);
  } catch (error) {
    throw describeFault(source, error);
  }
  const { graph } = message;
  if (!graph?.node?.length || !message.opsetImport?.length)
    throw new ModelError(source, 'no ONNX model: it has no graph', { hint: 'give a .onnx file' });
  return { message, graph };
}

function describeFault(source: string, error: unknown): unknown {
  if (error instanceof WireFault)
    return new ModelError(source, `damaged, or no ONNX model: ${error.message}`, { cause: error });
  if (error instanceof Error && 'code' in error)
    return new SourceError(source, `its external data can't be read: ${error.message}`, { cause: error });
  return error;
}
