import { deflateSync } from 'node:zlib';
import { filterWideRows } from './kernels/filter-wide-rows.ts';
import { crc32, createCrcTables, nativeCrc32 } from './kernels/png-encode/crc32.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let tables: Uint32Array | undefined;

/** A PNG of grey samples of 16 bits, each as it is. The same samples give the same bytes by the same zlib. */
export function encodeWidePng(samples: Uint16Array, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 16 bits; colour type 0 is grey; deflate, adaptive filters, not interlaced.
  header.set([16, 0, 0, 0, 0], 8);
  const data = deflateSync(filterWideRows(samples, width, height), { level: 4 });
  return Buffer.concat([SIGNATURE, ...wrap('IHDR', header), ...wrap('IDAT', data), ...wrap('IEND', Buffer.alloc(0))]);
}

/** Length, name and content, checksum. */
function wrap(name: string, content: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(computeCrc(named));
  return [length, named, checksum];
}

function computeCrc(bytes: Uint8Array): number {
  if (nativeCrc32) return nativeCrc32(bytes);
  tables ??= createCrcTables();
  return crc32(tables, bytes);
}
