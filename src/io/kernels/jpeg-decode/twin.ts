import { resampleArea } from '../area-resample.ts';
import { checkFault } from './faults.ts';
import { computeJpegGeometry } from './geometry.ts';
import type { JpegHeader } from './header.ts';
import type { JpegOutput } from './output.ts';
import { convertPixel, type Plane, upsampleRow } from './twin-colour.ts';
import { checkEnd, createEntropyReader, decodeUnit } from './twin-entropy.ts';
import { inverseDct } from './twin-idct.ts';

/**
 * Baseline JPEG in plain TypeScript: the same pixels and the same faults as the kernel, from whole planes. Oracle of the
 * tests, and the fallback where WebAssembly has no SIMD. @throws CodecError
 */
export function decodeWithTwin(jpeg: Uint8Array, header: JpegHeader, output: JpegOutput): void {
  if (output.mean) decodeMeans(jpeg, header, output);
  else decodePixels(jpeg, header, output);
}

function decodeMeans(jpeg: Uint8Array, header: JpegHeader, { data, pitch, crop }: JpegOutput): void {
  const { width, height } = header;
  const pixels = new Uint8Array(width * height * 3);
  const whole = { data: pixels, pitch: width * 3, scale: 1, mean: false, crop: { x: 0, y: 0, width, height } } as const;
  decodePixels(jpeg, header, whole);
  const means = new Uint8Array(crop.width * crop.height * 3);
  const window = { x: 0, y: 0, stepX: 2, stepY: 2 };
  const target = { data: means, width: crop.width, firstRow: 0, endRow: crop.height };
  resampleArea({ data: pixels, width, height, channels: 3 }, window, target);
  const row = crop.width * 3;
  for (let y = 0; y < crop.height; y++) data.set(means.subarray(y * row, (y + 1) * row), y * pitch);
}

function decodePixels(jpeg: Uint8Array, header: JpegHeader, output: JpegOutput): void {
  const planes = decodePlanes(jpeg, header, output);
  const { crop, pitch, data } = output;
  const geometry = computeJpegGeometry(header, output.scale);
  const target = { ...geometry, unitRows: header.down * geometry.lumaSide };
  const [cb, cr] = [new Uint8Array(geometry.width), new Uint8Array(geometry.width)];
  const [luma] = planes;
  for (let row = 0; row < crop.height; row++) {
    const y = crop.y + row;
    const from = y * luma!.pitch;
    if (planes.length === 1) {
      data.set(luma!.data.subarray(from + crop.x, from + crop.x + crop.width), row * pitch);
      continue;
    }
    upsampleRow(planes[1]!, y, { geometry: target, out: cb });
    upsampleRow(planes[2]!, y, { geometry: target, out: cr });
    for (let i = 0; i < crop.width; i++) {
      const x = crop.x + i;
      const at = row * pitch + 3 * i;
      if (header.colour === 'ycbcr') convertPixel(data, at, { y: luma!.data[from + x]!, cb: cb[x]!, cr: cr[x]! });
      else {
        data[at] = luma!.data[from + x]!;
        data[at + 1] = cb[x]!;
        data[at + 2] = cr[x]!;
      }
    }
  }
}

function decodePlanes(jpeg: Uint8Array, header: JpegHeader, { scale }: JpegOutput): Plane[] {
  const { across, down, tables } = header;
  const { unitsAcross, unitsDown, lumaSide, chromaSide } = computeJpegGeometry(header, scale);
  const sizes = tables.map((_, i) => (i === 0 ? [across * lumaSide, down * lumaSide] : [chromaSide, chromaSide]));
  const planes = sizes.map(([width, height]) => ({
    data: new Uint8Array(unitsAcross * width! * unitsDown * height!),
    pitch: unitsAcross * width!,
  }));
  const lumaBlocks = across * down;
  const blocks = new Int16Array(64 * (lumaBlocks + planes.length - 1));
  const reader = createEntropyReader(jpeg, header);
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    checkFault(decodeUnit(reader, header, blocks));
    const column = unit % unitsAcross;
    const row = Math.floor(unit / unitsAcross);
    for (let b = 0; 64 * b < blocks.length; b++) {
      const component = Math.max(0, b - lumaBlocks + 1);
      const { data, pitch } = planes[component]!;
      const [width, height] = sizes[component]!;
      const side = component === 0 ? lumaSide : chromaSide;
      const x = column * width! + (component === 0 ? (b % across) * side : 0);
      const y = row * height! + (component === 0 ? Math.floor(b / across) * side : 0);
      const block = blocks.subarray(64 * b, 64 * b + 64);
      inverseDct(block, tables[component]!.quantisation, { plane: data, offset: y * pitch + x, pitch, side });
    }
  }
  checkFault(checkEnd(reader));
  return planes;
}
