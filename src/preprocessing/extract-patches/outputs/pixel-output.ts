import { createModelTables } from '../../../io/kernels/rgb-planes.ts';
import { createPlaneConverter } from '../../../io/kernels/rgb-planes-wasm.ts';
import type { Kernels } from '../../../io/kernels/wasm-kernels.ts';
import { packBlock } from '../pack-block.ts';
import type { PatchPixelOutput, PatchTask } from '../patch-job.ts';
import { LEFT_OUT, type PatchSink } from '../patch-sink.ts';

/** Pixels in buffers of their own, one a patch, to be moved to another thread. */
export function createPixelOutput(
  { geometry }: PatchTask,
  { layout, normalise }: PatchPixelOutput,
  kernels: Kernels | undefined,
): PatchSink {
  const { size } = geometry;
  const converter = layout === 'planes' ? createPlaneConverter(kernels, createModelTables(normalise)) : undefined;
  const bytes = size * size * 3 * (converter ? 4 : 1);
  let spare: ArrayBuffer[] = [];
  let collected: (Uint8Array | Float32Array)[] = [];
  // A new buffer costs more than filling it: the system clears its pages one by one.
  const takeBuffer = () => spare.pop() ?? new ArrayBuffer(bytes);
  return {
    take({ block }) {
      if (!block) return LEFT_OUT;
      if (converter) {
        const planes = new Float32Array(takeBuffer());
        converter.convert(block, planes);
        collected.push(planes);
      } else collected.push(packBlock(block, new Uint8Array(takeBuffer())).data);
      return { state: 'written', bytes: 0, sha256: '' };
    },
    supply(buffers) {
      spare = buffers.filter(({ byteLength }) => byteLength === bytes);
    },
    flush() {
      const pixels = collected;
      collected = [];
      return pixels;
    },
  };
}
