import { createModelTables, fillPlanes, type ModelTableOptions } from '../../io/kernels/rgb-planes.ts';
import type { StreamedPatch } from './streamed-patch.ts';

/**
 * The naive way, of programs that never close a picture: the decoded patches of the slide, size x size x 3 bytes each, lie in a list
 * from the first to the last; planes of floats are made when a patch's turn comes.
 */
export async function* retainPatches(
  patches: AsyncIterable<StreamedPatch>,
  { size, layout, normalise }: { size: number; layout: 'rgb' | 'planes'; normalise: ModelTableOptions },
): AsyncGenerator<StreamedPatch> {
  const kept: StreamedPatch[] = [];
  for await (const patch of patches) kept.push(patch);
  const tables = createModelTables(normalise);
  const release = () => {};
  for (const { patch, pixels, badTiles, stain } of kept) {
    const block = { pixels: pixels as Uint8Array, pitch: 3 * size, width: size, height: size, channels: 3 } as const;
    const planes = layout === 'planes' ? new Float32Array(3 * size * size) : undefined;
    if (planes) fillPlanes(block, tables, planes);
    yield { patch, pixels: planes ?? pixels, badTiles, stain, release, [Symbol.dispose]: release };
  }
}
