import type { WrittenFile } from '../../utils/atomic-file.ts';
import { writePiecesAtomic } from '../../utils/atomic-pieces.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { Tensor } from './tensor.ts';

/**
 * Writes a safetensors file that is whole or absent, and on the disk when this resolves. No copy of the tensors is made.
 * @throws OutputError; TypeError as `encodeSafetensors`
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  return writePiecesAtomic(path, encodeSafetensors(tensors, metadata), { fsync: true });
}
