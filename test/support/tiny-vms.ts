import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRestartJpeg, type RestartJpeg } from './tiny-ndpi.ts';

/**
 * A Hamamatsu VMS of one JPEG, 256 x 128 pixels at 0.5 µm: an index file beside the JPEGs of level 0, map and macro image. None of
 * slideloom's own formats reads it, OpenSlide does.
 */
export async function writeVms(folder: string): Promise<{ path: string; image: RestartJpeg }> {
  const image = await createRestartJpeg({ width: 256, height: 128, tileWidth: 64, tileHeight: 8, seed: 3 });
  const map = await createRestartJpeg({ width: 32, height: 16, tileWidth: 16, tileHeight: 8, seed: 3 });
  writeFileSync(join(folder, 'image.jpg'), image.jpeg);
  writeFileSync(join(folder, 'map.jpg'), map.jpeg);
  const lines = [
    '[Virtual Microscope Specimen]',
    ...['NoLayers=1', 'NoJpegColumns=1', 'NoJpegRows=1', 'SourceLens=20'],
    ...['ImageFile=image.jpg', 'MapFile=map.jpg', 'MacroImage=map.jpg'],
    // Nanometres.
    ...['PhysicalWidth=128000', 'PhysicalHeight=64000', 'PhysicalMacroWidth=128000', 'PhysicalMacroHeight=64000'],
  ];
  const path = join(folder, 'specimen.vms');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { path, image };
}

/** The pixels of level 0, from those of its tiles. */
export function joinTiles({ width, height, tileWidth, tileHeight, columns, tiles }: RestartJpeg): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (const [i, tile] of tiles.entries()) {
    const left = (i % columns) * tileWidth;
    const top = Math.floor(i / columns) * tileHeight;
    for (let y = 0; y < tileHeight; y++)
      pixels.set(tile.subarray(y * tileWidth * 3, (y + 1) * tileWidth * 3), ((top + y) * width + left) * 3);
  }
  return pixels;
}
