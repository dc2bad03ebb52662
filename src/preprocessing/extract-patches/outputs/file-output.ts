import { join, sep } from 'node:path';
import type { Kernels } from '../../../io/kernels/wasm-kernels.ts';
import { createSyncFileWriter } from '../../../utils/atomic-file-sync.ts';
import { createPatchFileName } from '../patch-file-name.ts';
import type { PatchFileOutput, PatchTask } from '../patch-job.ts';
import { LEFT_OUT, type PatchSink } from '../patch-sink.ts';
import { IMAGES } from '../patch-stage.ts';
import { loadPatchWriter } from '../writers.ts';

/** One file a patch, each whole or absent. */
export async function createFileOutput(
  { geometry, slideId }: PatchTask,
  { format, quality, folder, fresh }: PatchFileOutput,
  kernels: Kernels | undefined,
): Promise<PatchSink> {
  const { extension, createEncoder } = await loadPatchWriter(format);
  const encoder = createEncoder({ size: geometry.size, quality, kernels });
  const images = join(folder, IMAGES);
  const writeFile = createSyncFileWriter(folder, { fresh });
  return {
    take({ patch, block, file }) {
      const encoded = file ?? (block && encoder.encode(block));
      if (!encoded) return LEFT_OUT;
      const path = `${images}${sep}${createPatchFileName(slideId, patch, { geometry, extension })}`;
      const write = (content: Uint8Array) => {
        const { bytes, sha256 } = writeFile(path, content);
        return { state: 'written', bytes, sha256 } as const;
      };
      return encoded instanceof Promise ? encoded.then(write) : write(encoded);
    },
  };
}
