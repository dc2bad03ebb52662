import { CodecError } from '../../../utils/errors.ts';

/** JPEG as TIFF stores it: tables once for a directory (tag 347), and per block a stream without them. */
export interface SplitJpeg {
  /** SOI, quantisation and Huffman tables, EOI. */
  readonly tables: Uint8Array;
  /** SOI, frame, scan, EOI. Application segments are dropped, save Adobe's, which tells the colour transform. */
  readonly stream: Uint8Array;
}

const DHT = 0xc4;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const ADOBE = 0xee;

/**
 * Splits one interchange JPEG. Only baseline and extended sequential frames: a progressive one has tables between its
 * scans. @throws CodecError
 */
export function splitJpeg(jpeg: Uint8Array): SplitJpeg {
  if (jpeg[0] !== 0xff || jpeg[1] !== SOI) throw new CodecError('jpeg', 'does not begin with SOI');
  const tables: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
  const stream: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
  let at = 2;
  for (;;) {
    const marker = jpeg[at + 1] ?? 0;
    const end = at + 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0);
    if (jpeg[at] !== 0xff || end > jpeg.length || end < at + 4) {
      throw new CodecError('jpeg', `the header is damaged at byte ${at}`);
    }
    if (marker === SOS) break;
    if (isFrame(marker) && marker > 0xc1) {
      throw new CodecError('jpeg', `frame type 0xff${marker.toString(16)} can't share its tables, only sequential can`);
    }
    if (marker === DQT || marker === DHT) tables.push(jpeg.subarray(at, end));
    else if (!isDropped(marker)) stream.push(jpeg.subarray(at, end));
    at = end;
  }
  if (tables.length === 1) throw new CodecError('jpeg', 'holds no tables');
  tables.push(Uint8Array.of(0xff, EOI));
  stream.push(jpeg.subarray(at));
  return { tables: Buffer.concat(tables), stream: Buffer.concat(stream) };
}

/** Splits the blocks of one directory, which must all have the same tables. */
export interface JpegSplitter {
  /** The block's stream. @throws CodecError where its tables are not those of the first block */
  split(jpeg: Uint8Array): Uint8Array;
  /** The common tables. @throws CodecError before the first block */
  getTables(): Uint8Array;
}

export function createJpegSplitter(): JpegSplitter {
  let common: Buffer | undefined;
  return {
    split(jpeg) {
      const { tables, stream } = splitJpeg(jpeg);
      common ??= Buffer.from(tables);
      if (!common.equals(tables)) {
        throw new CodecError('jpeg', 'a block has other tables than the first', {
          hint: 'encode all blocks at one quality and with standard Huffman tables (sharp: optimiseCoding false)',
        });
      }
      return stream;
    },
    getTables() {
      if (!common) throw new CodecError('jpeg', 'no block was split yet');
      return common;
    },
  };
}

/** SOF0 to SOF15, which leave out DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![DHT, 0xc8, 0xcc].includes(marker);
}

/** Application segments and comments. */
function isDropped(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef && marker !== ADOBE) || marker === 0xfe;
}
