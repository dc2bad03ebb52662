import { applyColorTable } from '../kernels/apply-color-table.ts';
import type { Raster } from '../raster.ts';
import type { SrgbConverter } from './convert-to-srgb.ts';
import type { ColorTable } from './srgb-table.ts';

/** The pixels by themselves, for images that are read once: no table is made. @throws IccError */
export async function convertRaster(raster: Raster, converter: SrgbConverter): Promise<Raster> {
  const { width, height } = raster;
  return { width, height, channels: 3, data: await converter.convert(copyAsRgb(raster)) };
}

/** RGB in sRGB, a new raster; grey counts as equal parts of red, green and blue. */
export function applyTableToRaster(raster: Raster, table: ColorTable): Raster {
  const { width, height } = raster;
  const data = copyAsRgb(raster);
  applyColorTable(data, { start: 0, pitch: width * 3, width, height }, table);
  return { width, height, channels: 3, data };
}

function copyAsRgb({ width, height, channels, data }: Raster): Uint8Array {
  if (channels === 3) return Uint8Array.from(data);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rgb.fill(data[pixel] ?? 0, pixel * 3, pixel * 3 + 3);
  return rgb;
}
