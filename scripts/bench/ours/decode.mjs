// decode.mjs PACK PASSES SCALE [OUT]: our side of the decode bench, with the arguments of floor/decode.c.
import { readFileSync, writeFileSync } from 'node:fs';
import { createJpegDecoder, parseJpegHeader, parseJpegTables } from '../../../dist/io/kernels/jpeg-decode.js';
import { createKernels } from '../../../dist/io/kernels/wasm-kernels.js';
import { readPack } from '../lib/jpeg-pack.mjs';
import { measure } from '../lib/measure.mjs';

const [file, passes, scaleText, out] = process.argv.slice(2);
const scale = Number(scaleText);
const { rgb, tables, tiles } = readPack(readFileSync(file));
const context = { tables: tables.length > 0 ? parseJpegTables(tables) : undefined, colour: rgb ? 'rgb' : 'ycbcr' };
const kernels = createKernels(64 * 2 ** 20);
const decoder = createJpegDecoder(kernels);
const band = kernels.allocate(4096 * 1024 * 3);
const bandBytes = 4096 * 1024 * 3;

/** As the patch worker does it: headers of each tile parsed, tables kept, pixels straight into the kernels' memory. */
function decodeTile(tile) {
  const header = parseJpegHeader(tile, context);
  const { width, height } = decoder.getSize(header, scale);
  decoder.decodeInto(tile, header, { data: kernels.bytes(band, bandBytes), pitch: 3 * width, scale });
  return { pixels: header.width * header.height, bytes: 3 * width * height };
}

const first = tiles.map((tile) => {
  const { bytes } = decodeTile(tile);
  return out === undefined ? undefined : kernels.bytes(band, bytes).slice();
});
if (out !== undefined) writeFileSync(out, Buffer.concat(first));

// Compilers of the engine are at work in the first half second of a process; a worker lives for minutes.
for (const end = performance.now() + 700; performance.now() < end; ) for (const tile of tiles) decodeTile(tile);

await measure({
  name: 'slideloom',
  unit: 'MP',
  work: () => {
    let pixels = 0;
    for (let pass = 0; pass < Number(passes); pass += 1) for (const tile of tiles) pixels += decodeTile(tile).pixels;
    return pixels / 1e6;
  },
});
