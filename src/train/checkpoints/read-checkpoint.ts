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
  const slots: Record<string, Map<string, Float32Array>> = {};
  for (const [key, tensor] of tensors) {
    const slash = key.indexOf('/');
    if (slash < 1) throw new CheckpointError(path, `a tensor named ${JSON.stringify(key)}, which is no part of one`);
    const [slot, name] = [key.slice(0, slash), key.slice(slash + 1)];
    slots[slot] ??= new Map();
    slots[slot].set(name, toFloat32(tensor));
    if (slot === PREFIXES.weights || slot === PREFIXES.buffers) shapes.set(name, tensor.shape);
  }
  const { [PREFIXES.weights]: weights, [PREFIXES.buffers]: buffers, [PREFIXES.averages]: averages, ...rest } = slots;
  if (!weights) throw new CheckpointError(path, 'it holds no weights');
  return { facts, weights, buffers: buffers ?? new Map(), averages, slots: rest, shapes };
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
