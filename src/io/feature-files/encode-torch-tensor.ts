import { crc32 } from 'node:zlib';
import { OptionError } from '../../utils/errors.ts';
import { ByteWriter } from '../hdf5/byte-writer.ts';
import { encodeFeatures } from './encode-columns.ts';
import type { FeatureTable } from './feature-table.ts';

/** Of a ZIP file without its 64-bit extension. */
const MAX_BYTES = 2 ** 32 - 1;

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly crc: number;
  readonly content: Iterable<Uint8Array>;
}

/**
 * The features as `torch.save` writes a float32 tensor [rows, dimension]: a ZIP file, nothing compressed, of a pickle that says
 * how the tensor is made and of its bytes. They are read twice, the first time for their checksum.
 * @throws OptionError where they have 4 GiB or more
 */
export function* encodeTorchTensor(table: FeatureTable): Generator<Uint8Array> {
  const { rows, dimension } = table;
  const bytes = rows * dimension * 4;
  if (bytes > MAX_BYTES - 2 ** 16)
    throw new OptionError('layout', 'one without .pt files for 4 GiB of features', 'clam');
  let crc = 0;
  for (const piece of encodeFeatures(table, false)) crc = crc32(piece, crc);
  yield* encodeZip([
    createEntry('archive/data.pkl', pickleTensor(rows, dimension)),
    { name: 'archive/data/0', bytes, crc, content: encodeFeatures(table, false) },
    createEntry('archive/version', Buffer.from('3\n')),
  ]);
}

function createEntry(name: string, content: Uint8Array): Entry {
  return { name, bytes: content.length, crc: crc32(content), content: [content] };
}

function* encodeZip(entries: readonly Entry[]): Generator<Uint8Array> {
  const directory = new ByteWriter();
  let at = 0;
  for (const { name, bytes, crc, content } of entries) {
    const label = Buffer.from(name);
    // Version 2.0, no flags, stored, 1980-01-01: the same features give the same file.
    const facts = (to: ByteWriter) => to.u16(20, 0, 0, 0, 0x21).u32(crc, bytes, bytes).u16(label.length, 0);
    const head = facts(new ByteWriter().u32(0x04034b50)).bytes(label).finish();
    facts(directory.u32(0x02014b50).u16(20)).u16(0, 0, 0).u32(0, at).bytes(label);
    yield head;
    yield* content;
    at += head.length + bytes;
  }
  const { length } = directory;
  directory.u32(0x06054b50).u16(0, 0, entries.length, entries.length).u32(length, at).u16(0);
  yield directory.finish();
}

/** Pickle, protocol 2: `_rebuild_tensor_v2(storage 0, 0, (rows, dimension), (dimension, 1), False, OrderedDict())`. */
function pickleTensor(rows: number, dimension: number): Uint8Array {
  const to = new ByteWriter();
  const global = (module: string, name: string) => to.ascii(`c${module}\n${name}\n`);
  const text = (value: string) => to.ascii('X').u32(value.length).ascii(value);
  const integer = (value: number) => (value < 2 ** 31 ? to.ascii('J').u32(value) : to.u8(0x8a, 8).u64(value));
  const mark = () => to.ascii('(');
  const tuple = () => to.ascii('t');
  to.u8(0x80, 2);
  global('torch._utils', '_rebuild_tensor_v2');
  mark(); // of the arguments
  mark(); // of what names the storage
  text('storage');
  global('torch', 'FloatStorage');
  text('0');
  text('cpu');
  integer(rows * dimension);
  tuple();
  to.ascii('Q'); // the storage by that name
  integer(0);
  mark();
  integer(rows);
  integer(dimension);
  tuple();
  mark();
  integer(dimension);
  integer(1);
  tuple();
  to.u8(0x89); // no gradient
  global('collections', 'OrderedDict');
  to.ascii(')R'); // made of nothing
  tuple();
  return to.ascii('R.').finish();
}
