import type { DicomEncoding } from './element.ts';

/** How the pixels of a file are stored. `native` frames are plain samples, one behind the other. */
export type PixelEncoding = 'native' | 'jpeg' | 'jpeg2000' | 'jpeg-ls' | 'rle';

export interface TransferSyntax extends DicomEncoding {
  readonly uid: string;
  readonly name: string;
  /** Undefined for what is not decoded. */
  readonly pixels: PixelEncoding | undefined;
  /** The attributes themselves are compressed. */
  readonly deflated: boolean;
}

const EXPLICIT: DicomEncoding = { explicit: true, littleEndian: true };

/** By UID without the root `1.2.840.10008.1.2` (PS3.6, annex A). */
const KNOWN: Readonly<Record<string, readonly [string, PixelEncoding?]>> = {
  '': ['implicit VR little endian', 'native'],
  '.1': ['explicit VR little endian', 'native'],
  '.2': ['explicit VR big endian', 'native'],
  '.1.99': ['deflated explicit VR little endian'],
  '.4.50': ['JPEG baseline', 'jpeg'],
  '.4.51': ['JPEG extended', 'jpeg'],
  '.4.57': ['JPEG lossless'],
  '.4.70': ['JPEG lossless, first-order prediction'],
  '.4.80': ['JPEG-LS lossless', 'jpeg-ls'],
  '.4.81': ['JPEG-LS near-lossless', 'jpeg-ls'],
  '.4.90': ['JPEG 2000 lossless', 'jpeg2000'],
  '.4.91': ['JPEG 2000', 'jpeg2000'],
  '.4.92': ['JPEG 2000 multi-component lossless'],
  '.4.93': ['JPEG 2000 multi-component'],
  '.4.110': ['JPEG XL lossless'],
  '.4.111': ['JPEG XL JPEG recompression'],
  '.4.112': ['JPEG XL'],
  '.4.201': ['high-throughput JPEG 2000 lossless'],
  '.4.202': ['high-throughput JPEG 2000 with RPCL lossless'],
  '.4.203': ['high-throughput JPEG 2000'],
  '.5': ['RLE lossless', 'rle'],
};
const ROOT = '1.2.840.10008.1.2';

/** Unknown ones are explicit little endian, as all but three are. */
export function getTransferSyntax(uid: string): TransferSyntax {
  const key = uid.startsWith(ROOT) ? uid.slice(ROOT.length) : undefined;
  const [name, pixels] = (key === undefined ? undefined : KNOWN[key]) ?? ['unknown', undefined];
  const encoding = key === '' ? { ...EXPLICIT, explicit: false } : EXPLICIT;
  return { ...encoding, littleEndian: key !== '.2', deflated: key === '.1.99', uid, name: `${name} (${uid})`, pixels };
}

/** Names of those whose pixels are decoded. */
export function listTransferSyntaxes(): string[] {
  return Object.values(KNOWN).flatMap(([name, pixels]) => (pixels ? [name] : []));
}
