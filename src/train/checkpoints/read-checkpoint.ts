import { readSafetensors } from '../../io/safetensors/read-safetensors.ts';
import { toFloat32 } from '../../io/safetensors/to-float32.ts';
import { CheckpointError } from '../../utils/errors.ts';
import { type Checkpoint, FACTS_KEY, PREFIXES } from './checkpoint.ts';
import { type CheckpointFacts, checkpointSchema } from './checkpoint-schema.ts';

/** @throws SourceError, TensorFileError; CheckpointError where it is a file of tensors but no checkpoint */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  const facts = parseFacts(metadata[FACTS_KEY], path);
  const shapes = new Map<string, readonly number[]>();
  const parts = new Map<string, Map<string, Float32Array>>();
  for (const [key, tensor] of tensors) {
    const slash = key.indexOf('/');
    if (slash < 1) throw new CheckpointError(path, `a tensor named ${JSON.stringify(key)}, which is no part of one`);
    const [prefix, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const part = parts.get(prefix) ?? new Map<string, Float32Array>();
    parts.set(prefix, part.set(name, toFloat32(tensor)));
    if (prefix === PREFIXES.weights || prefix === PREFIXES.buffers) shapes.set(name, tensor.shape);
  }
  const weights = parts.get(PREFIXES.weights);
  if (!weights) throw new CheckpointError(path, 'it holds no weights');
  const averages = parts.get(PREFIXES.averages);
  const buffers = parts.get(PREFIXES.buffers) ?? new Map<string, Float32Array>();
  for (const prefix of Object.values(PREFIXES)) parts.delete(prefix);
  return { facts, weights, buffers, averages, slots: Object.fromEntries(parts), shapes };
}

function parseFacts(json: string | undefined, path: string): CheckpointFacts {
  if (json === undefined)
    throw new CheckpointError(path, 'a file of tensors, but no checkpoint of slideloom', {
      hint: 'resume from last.safetensors of the run; to start from these tensors give them as weights',
    });
  try {
    return checkpointSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new CheckpointError(path, 'its facts are damaged, or of another version of slideloom', { cause });
  }
}
