/**
 * Files of HDF5, read as far as files of features go: numbers in one or two dimensions, in one piece or in chunks, plain or
 * deflated, and attributes, as h5py writes them with its defaults. It believes nothing: every address and size is held against
 * the file.
 */
import { TensorFileError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { MESSAGE, SIGNATURE } from './constants.ts';
import type { H5Type } from './h5-plan.ts';
import { listMembers } from './list-members.ts';
import { type FoundMessage, readObjectHeader } from './object-header.ts';
import { parseFilters, parseLayout, parseShape, parseType } from './parse-messages.ts';
import { type AttributeValue, readAttributes } from './read-attributes.ts';
import { readChunks } from './read-chunks.ts';

export interface H5Dataset {
  readonly shape: readonly number[];
  /** Undefined for elements that are not read. */
  readonly type: H5Type | undefined;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** The bytes of its elements, little-endian, row by row. @throws TensorFileError */
  read(): Promise<Uint8Array>;
}

export interface H5File {
  /** Of the file itself. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Of the root, by name. */
  readonly datasets: ReadonlyMap<string, H5Dataset>;
}

/** Whether these first bytes are those of an HDF5 file. */
export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/** The caller closes the source. @throws TensorFileError */
export function openHdf5(source: ByteSource): Promise<H5File> {
  return guard(source, async () => {
    const messages = await readObjectHeader(source, await findRoot(source));
    const datasets = new Map<string, H5Dataset>();
    for (const [name, address] of await listMembers(source, messages)) {
      const dataset = await openDataset(source, name, await readObjectHeader(source, address));
      if (dataset) datasets.set(name, dataset);
    }
    return { attributes: await readAttributes(source, messages), datasets };
  });
}

/** Address of the root's header. Sizes of addresses other than 8 bytes are not written by anything. */
async function findRoot(source: ByteSource): Promise<number> {
  const reader = new ByteReader(await source.read(0, Math.min(96, source.size)));
  if (!isHdf5(reader.bytes(8))) throw new RangeError('no HDF5 file');
  const version = reader.u8();
  if (version > 3) throw new RangeError(`a superblock of version ${version}`);
  if (version >= 2) {
    if (reader.u8() !== 8 || reader.u8() !== 8) throw new RangeError('addresses of another size than 8 bytes');
    return reader.skip(25).size();
  }
  if (reader.skip(4).u8() !== 8 || reader.u8() !== 8) throw new RangeError('addresses of another size than 8 bytes');
  return reader
    .skip(version === 1 ? 13 : 9)
    .skip(32 + 8)
    .size();
}

/** Undefined for what is no dataset. */
async function openDataset(
  source: ByteSource,
  name: string,
  messages: readonly FoundMessage[],
): Promise<H5Dataset | undefined> {
  const find = (type: number) => messages.find((one) => one.type === type)?.content;
  const [space, datatype, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map(find);
  if (!space || !datatype || !layout) return undefined;
  const shape = parseShape(space);
  const type = parseType(datatype);
  const filters = parseFilters(find(MESSAGE.filters) ?? new Uint8Array(2));
  return {
    shape,
    type: type.kind === 'number' ? type.type : undefined,
    attributes: await readAttributes(source, messages),
    read: () => guard(source, () => readElements(source, { layout, shape, elementBytes: type.bytes, filters }), name),
  };
}

interface Elements {
  readonly layout: Uint8Array;
  readonly shape: readonly number[];
  readonly elementBytes: number;
  readonly filters: readonly number[];
}

async function readElements(
  source: ByteSource,
  { layout, shape, elementBytes, filters }: Elements,
): Promise<Uint8Array> {
  const found = parseLayout(layout);
  const [rows = 1, columns = 1, ...more] = shape;
  if (more.length > 0) throw new RangeError(`${shape.length} dimensions, where two at most are read`);
  const bytes = rows * columns * elementBytes;
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`a shape of ${shape.join(' x ')}`);
  if (bytes === 0) return new Uint8Array();
  if (found.kind === 'other')
    throw new RangeError(`a layout of version ${found.version}, as only libver="latest" writes it`);
  if (found.kind === 'compact') return new Uint8Array(new ByteReader(found.content).bytes(bytes));
  if (found.address === undefined) throw new RangeError('it was never written');
  if (found.kind === 'contiguous') return source.read(found.address, bytes);
  const [chunkRows = 0, chunkColumns = 1] = found.chunk;
  if (chunkRows < 1 || chunkColumns < 1 || found.chunk.length !== shape.length)
    throw new RangeError('impossible chunks');
  const { address } = found;
  const rank = shape.length;
  return readChunks(source, {
    address,
    shape: [rows, columns],
    chunk: [chunkRows, chunkColumns],
    rank,
    elementBytes,
    filters,
  });
}

/** What is wrong with a file becomes one kind of error. */
async function guard<T>(source: ByteSource, work: () => Promise<T>, dataset?: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TensorFileError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const where = dataset === undefined ? '' : `dataset ${dataset}: `;
    throw new TensorFileError(source.name, `${where}damaged, or nothing that is read: ${why}`, {
      cause,
      hint: 'write it anew with h5py, or run: h5repack --low=0 --high=1 IN OUT',
    });
  }
}
