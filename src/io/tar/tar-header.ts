/**
 * Headers of POSIX tar (IEEE Std 1003.1, pax): ustar for every entry, and an extended header before those whose name or
 * size does not fit. Time 0, owner 0 and mode 0644: the same entries give the same bytes on any machine.
 */
import { OptionError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';

/** Tar counts in blocks. */
export const TAR_BLOCK = 512;

export interface TarEntry {
  /** Relative, with forward slashes. */
  readonly name: string;
  /** Bytes of content. */
  readonly size: number;
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Eleven octal digits: 8 GiB less 1. */
const MAX_OCTAL_SIZE = 8 ** 11 - 1;

/** Field offsets of a header block. */
const AT = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
  magic: 257,
  prefix: 345,
};

const TEMPLATE = createTemplate();
const TEMPLATE_SUM = TEMPLATE.reduce((sum, byte) => sum + byte, 0);

/**
 * Everything that comes before an entry's content: one block, or three and more with an extended header. @throws
 * OptionError
 */
export function createTarHeader(entry: TarEntry): Uint8Array {
  checkEntry(entry);
  const { name, size } = entry;
  const split = splitName(name);
  const records: [string, string][] = [];
  if (!split) records.push(['path', name]);
  if (size > MAX_OCTAL_SIZE) records.push(['size', String(size)]);
  // A reader without pax gets the end of a long name, and no content: it can't know where that ends.
  const plainSize = size > MAX_OCTAL_SIZE ? 0 : size;
  const plain = createBlock({
    name: split?.name ?? shorten(name),
    prefix: split?.prefix ?? '',
    size: plainSize,
    type: '0',
  });
  return records.length === 0 ? plain : Buffer.concat([createPaxEntry(records), plain]);
}

/** Bytes that an entry takes, header and padding included. @throws OptionError */
export function getTarEntryBytes(entry: TarEntry): number {
  const { name, size } = entry;
  const header = size <= MAX_OCTAL_SIZE && splitName(name) ? TAR_BLOCK : createTarHeader(entry).length;
  return header + size + getTarPadding(size);
}

/** Zeros from the end of an entry's content to the next block. */
export function getTarPadding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

function checkEntry({ name, size }: TarEntry): void {
  checkInteger('size', size, { min: 0 });
  const parts = name.split('/');
  const relative =
    name !== '' && !name.includes('\0') && parts.every((part) => part !== '' && part !== '..' && part !== '.');
  if (!relative) throw new OptionError('name', 'a relative path with forward slashes', name);
}

/** Names over 100 bytes are cut at a slash into a prefix of at most 155 bytes and a rest. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  // What is not ASCII has no defined meaning in ustar; pax has UTF-8.
  if (!/^[\x20-\x7e]*$/.test(name)) return undefined;
  if (name.length <= NAME_BYTES) return { name, prefix: '' };
  const cut = name.indexOf('/', name.length - NAME_BYTES - 1);
  return cut > 0 && cut <= PREFIX_BYTES ? { name: name.slice(cut + 1), prefix: name.slice(0, cut) } : undefined;
}

function shorten(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_').slice(-NAME_BYTES);
}

function createPaxEntry(records: readonly [string, string][]): Uint8Array {
  const body = Buffer.concat(records.map(([key, value]) => createPaxRecord(key, value)));
  const header = createBlock({ name: 'PaxHeader', prefix: '', size: body.length, type: 'x' });
  return Buffer.concat([header, body, new Uint8Array(getTarPadding(body.length))]);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits too. */
function createPaxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function createBlock({ name, prefix, size, type }: BlockFields): Buffer {
  const block = Buffer.from(TEMPLATE);
  const added =
    writeText(block, AT.name, name) +
    writeText(block, AT.size, formatOctal(size, 11)) +
    writeText(block, AT.type, type) +
    writeText(block, AT.prefix, prefix);
  writeText(block, AT.checksum, `${formatOctal(TEMPLATE_SUM + added, 6)} `);
  return block;
}

/** ASCII only. @returns the sum of its bytes */
function writeText(block: Buffer, at: number, text: string): number {
  let sum = 0;
  for (let place = 0; place < text.length; place++) {
    const byte = text.charCodeAt(place);
    block[at + place] = byte;
    sum += byte;
  }
  return sum;
}

interface BlockFields {
  readonly name: string;
  readonly prefix: string;
  readonly size: number;
  /** A file, or an extended header for the entry that follows. */
  readonly type: '0' | 'x';
}

/** What all headers share. The checksum is taken with its own field as spaces. */
function createTemplate(): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  block.write(formatOctal(0o644, 7), AT.mode, 'latin1');
  block.write(formatOctal(0, 7), AT.uid, 'latin1');
  block.write(formatOctal(0, 7), AT.gid, 'latin1');
  block.write(formatOctal(0, 11), AT.mtime, 'latin1');
  block.write('ustar\x0000', AT.magic, 'latin1');
  return block.fill(' ', AT.checksum, AT.type);
}

function formatOctal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}
