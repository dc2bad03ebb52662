import type { ByteSource } from '../../../io/source/byte-source.ts';
import { resolveMpp } from '../../../slide/mpp.ts';
import { createLabelTile, createRangeError, type LabelMask } from '../label-mask.ts';
import { readPngHead } from './png-head.ts';
import { openPngRows, type PngRows } from './png-rows.ts';
import { readMaskFacts } from './read-mask-facts.ts';

/** Pixels of a strip that is read at once; at least a row. */
const STRIP_PIXELS = 2 ** 22;

/**
 * A PNG of labels, grey or with a palette, whose indices are then the labels. It is read from the top in strips of rows;
 * whoever goes back makes it begin anew.
 * @throws MaskError, CodecError, ShortReadError
 */
export async function openPngMask(source: ByteSource): Promise<LabelMask> {
  const head = await readPngHead(source);
  const { width, height, resolution } = head;
  const tileHeight = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)));
  // Made when it is read: until then nobody has held the size that the file claims against a slide's.
  let pixels: Uint8Array | undefined;
  let rows: PngRows | undefined;
  const facts = readMaskFacts(head.description, source.name);
  return {
    ...{ name: source.name, width, height, tileWidth: width, tileHeight, parallel: 1 },
    facts: { ...facts, mpp: facts.mpp ?? resolveMpp({ resolution }) },
    async readTile(_column, row) {
      const top = row * tileHeight;
      pixels ??= new Uint8Array(width * tileHeight);
      if (rows && rows.next > top) {
        await rows.close();
        rows = undefined;
      }
      rows ??= openPngRows(source, head);
      const wanted = Math.min(tileHeight, height - top);
      while (rows.next < top) await rows.read(pixels.subarray(0, width));
      for (let line = 0; line < wanted; line++) {
        const beyond = await rows.read(pixels.subarray(line * width, (line + 1) * width));
        if (beyond !== undefined) throw createRangeError(source.name, beyond);
      }
      return createLabelTile(pixels.subarray(0, wanted * width), width);
    },
    async [Symbol.asyncDispose]() {
      await rows?.close();
      await source.close();
    },
  };
}
