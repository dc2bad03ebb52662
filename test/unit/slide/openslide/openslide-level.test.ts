import { expect, it } from 'vitest';
import type { OpenSlideLibrary, PixelBlock } from '../../../../src/slide/openslide/binding.ts';
import { OpenSlideHandle } from '../../../../src/slide/openslide/openslide-handle.ts';
import { createOpenSlideLevel } from '../../../../src/slide/openslide/openslide-level.ts';

async function openLevel(shape: { width: number; height: number; downsample: number }, full: [number, number]) {
  const blocks: PixelBlock[] = [];
  const library = {
    open: async () => 1n,
    close: () => {},
    getError: () => undefined,
    readRegion: async (_slide: bigint, pixels: Uint32Array, block: PixelBlock) => {
      blocks.push(block);
      pixels.fill(0xff102030);
    },
  } as unknown as OpenSlideLibrary;
  const handle = await OpenSlideHandle.open(library, 'a');
  const level = createOpenSlideLevel(
    { library, handle },
    { ...shape, index: 1, tileWidth: 100, tileHeight: 50 },
    { width: full[0], height: full[1] },
  );
  return { level, blocks, handle };
}

it('asks for whole level-0 pixels, and for no more than the level has', async () => {
  const { level, blocks, handle } = await openLevel({ width: 250, height: 120, downsample: 4.002 }, [1000, 481]);
  expect([level.columns, level.rows]).toEqual([3, 3]);
  expect(await level.decodeTile(2, 2)).toMatchObject({ width: 50, height: 20, channels: 3 });
  expect(await level.readEncodedTile(0, 1)).toMatchObject({ codec: 'openslide', width: 100, height: 50 });
  // Level pixel 200 is level-0 pixel 800.4, 100 is 400.2, 50 is 200.1.
  expect(blocks).toEqual([
    { x: 800, y: 400, level: 1, width: 50, height: 20 },
    { x: 0, y: 200, level: 1, width: 100, height: 50 },
  ]);
  await handle.close();
});

it('has the exact ratio of each axis where OpenSlide has their mean', async () => {
  const mean = (1000 / 250 + 481 / 120) / 2;
  const { level, handle } = await openLevel({ width: 250, height: 120, downsample: mean }, [1000, 481]);
  expect(level.downsample).toEqual({ x: 4, y: 481 / 120 });
  await handle.close();
});

it("has the vendor's figure where that is another", async () => {
  const { level, handle } = await openLevel({ width: 250, height: 120, downsample: 4 }, [1003, 483]);
  expect(level.downsample).toEqual({ x: 4, y: 4 });
  await handle.close();
});
