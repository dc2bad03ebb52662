import type { Tensor } from '../../io/safetensors/tensor.ts';
import { writeSafetensors } from '../../io/safetensors/write-safetensors.ts';
import type { WrittenFile } from '../../utils/atomic-file.ts';
import { canonicalJson } from '../../utils/canonical-json.ts';
import type { ParameterMap } from '../parameters.ts';
import { type Checkpoint, FACTS_KEY, PREFIXES } from './checkpoint.ts';
import { checkpointSchema } from './checkpoint-schema.ts';

/**
 * Writes a checkpoint as one safetensors file: `w/<name>`, `buf/<name>`, `ema/<name>`, and `m/<name>`, `v/<name>` for the
 * optimiser's slots. The file is whole or absent: whoever is killed while writing keeps the one before. The same state
 * gives the same bytes, so that their hash says whether two runs ended alike.
 * @throws OutputError
 */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<WrittenFile> {
  const { weights, buffers, averages, slots, shapes } = checkpoint;
  const tensors = new Map<string, Tensor>();
  const add = (prefix: string, parameters: ParameterMap) => {
    for (const [name, data] of parameters)
      tensors.set(`${prefix}/${name}`, { type: 'F32', shape: shapes.get(name) ?? [data.length], data });
  };
  add(PREFIXES.weights, weights);
  add(PREFIXES.buffers, buffers);
  if (averages) add(PREFIXES.averages, averages);
  for (const [slot, parameters] of Object.entries(slots)) add(slot, parameters);
  return writeSafetensors(path, tensors, { [FACTS_KEY]: canonicalJson(checkpointSchema.parse(checkpoint.facts)) });
}
