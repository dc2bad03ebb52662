/**
 * Files of HDF5, read by the HDF5 library itself, compiled to WebAssembly: whatever version, filters or structures they were written
 * with. The one door to h5wasm. Its memory grows and is never given back, so that datasets are read in blocks.
 */
import { existsSync, statSync } from 'node:fs';
import type { Dataset, Group, Attribute as H5Attribute } from 'h5wasm/node';
import { TensorFileError } from '../../utils/errors.ts';
import type { H5Type } from './h5-plan.ts';

/** A number, a text, or a list of numbers. */
export type AttributeValue = number | string | readonly number[];

export interface H5Dataset {
  readonly shape: readonly number[];
  /** Undefined for elements that are not read. */
  readonly type: H5Type | undefined;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** The bytes of its elements, little-endian, row by row. @throws TensorFileError */
  read(): Uint8Array<ArrayBuffer>;
}

export interface H5File extends Disposable {
  /** Of the file itself. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Of the root, by name. */
  readonly datasets: ReadonlyMap<string, H5Dataset>;
}

/** Bytes of a dataset that are in the library's memory at once; a single row may have more. */
const BLOCK = 4 * 2 ** 20;
/** How far deflate can shrink what it is given. */
const MOST_DEFLATED = 1032;

type Library = typeof import('h5wasm/node');
type Module = Awaited<Library['ready']>;
let loading: Promise<{ readonly library: Library; readonly module: Module }> | undefined;

/** Opens a file; whoever opens it disposes of it. @throws TensorFileError */
export async function openHdf5(path: string): Promise<H5File> {
  loading ??= load();
  const { library, module } = await loading;
  checkSound(path);
  const file = guard(path, () => new library.File(path, 'r'));
  try {
    return guard(path, () => {
      const found = file.keys().map((name): [string, unknown] => [name, file.get(name)]);
      const datasets = found.flatMap(([name, one]): [string, H5Dataset][] =>
        one instanceof library.Dataset ? [[name, describeDataset(path, one, module)]] : [],
      );
      return {
        attributes: readAttributes(file),
        datasets: new Map(datasets),
        [Symbol.dispose]: () => void file.close(),
      };
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

async function load() {
  const library = await import('h5wasm/node');
  const module = await library.ready;
  // Else faults are told on stderr, and go on as if nothing were.
  module.activate_throwing_error_handler();
  return { library, module };
}

/** Types of numbers that are read, by class (0 integers, 1 floats), bytes and whether they have a sign. */
const NUMBERS: Readonly<Record<string, H5Type>> = {
  '0 4 true': 'I32',
  '0 8 true': 'I64',
  '1 2': 'F16',
  '1 4': 'F32',
  '1 8': 'F64',
};

function describeDataset(path: string, dataset: Dataset, module: Module): H5Dataset {
  const { type, size, signed } = dataset.metadata;
  return {
    shape: dataset.shape ?? [],
    type: NUMBERS[type === 0 ? `${type} ${size} ${signed}` : `${type} ${size}`],
    attributes: readAttributes(dataset),
    read: () => guard(path, () => readElements(path, dataset, module)),
  };
}

/** Types that JavaScript has no array for come out as their bytes, as all others do. */
function readElements(path: string, dataset: Dataset, module: Module): Uint8Array<ArrayBuffer> {
  const { size } = dataset.metadata;
  const [rows = 1, columns = 1, ...more] = dataset.shape ?? [];
  if (more.length > 0) throw new RangeError(`${dataset.shape?.length} dimensions, where two at most are read`);
  const rowBytes = columns * size;
  // A few bytes may claim any shape: what was never written reads as zeros.
  const most = statSync(path).size * (dataset.filters.length > 0 ? MOST_DEFLATED : 1);
  if (rows * rowBytes > most)
    throw new RangeError(`${rows} x ${columns} elements in a file of ${statSync(path).size} bytes`);
  const target = new Uint8Array(rows * rowBytes);
  if (target.length === 0) return target;
  const block = Math.max(1, Math.floor(BLOCK / rowBytes));
  const memory = module._malloc(Math.min(rows, block) * rowBytes);
  if (memory === 0) throw new RangeError(`no memory for a row of ${rowBytes} bytes`);
  try {
    for (let row = 0; row < rows; row += block) {
      const count = Math.min(block, rows - row);
      readRows(dataset, module, { row, count, memory });
      // Looked up each time: memory that grows is another array.
      target.set(module.HEAPU8.subarray(memory, memory + count * rowBytes), row * rowBytes);
    }
  } finally {
    module._free(memory);
  }
  return target;
}

function readRows(
  { file_id, path, shape }: Dataset,
  module: Module,
  { row, count, memory }: { row: number; count: number; memory: number },
): void {
  const rest = (shape ?? []).slice(1).map(BigInt);
  const sizes = [BigInt(count), ...rest];
  const start = [BigInt(row), ...rest.map(() => 0n)];
  const status = module.get_dataset_data(
    file_id,
    path,
    sizes,
    start,
    sizes.map(() => 1n),
    BigInt(memory),
  );
  if (status < 0) throw new RangeError(`rows from ${row} on can't be read`);
}

/** Those of types that are not read are passed over. */
function readAttributes(entity: Dataset | Group): ReadonlyMap<string, AttributeValue> {
  const found = new Map<string, AttributeValue>();
  for (const [name, attribute] of Object.entries(entity.attrs)) {
    const value = toValue(attribute);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function toValue(attribute: H5Attribute): AttributeValue | undefined {
  const { type, size } = attribute.metadata;
  if (type === 1 && size === 2) return undefined;
  const { value } = attribute;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined;
  return Array.from(value as ArrayLike<number | bigint> & ArrayBufferView, Number);
}

/**
 * Files that a fault came up in: the library then keeps a handle of its own, and would answer from what it remembers if the file
 * were opened again after it was mended in place.
 */
const faulty = new Set<string>();

/** By which the library too tells whether two paths are one file. */
function getKey(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}/${ino}`;
}

/** @throws TensorFileError */
function checkSound(path: string): void {
  if (guard(path, () => faulty.has(getKey(path))))
    throw new TensorFileError(path, 'it was damaged when this process read it before', {
      hint: 'write it under another name, or start anew',
    });
}

/** What the library says becomes one kind of error. */
function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof TensorFileError) throw cause;
    if (existsSync(path)) faulty.add(getKey(path));
    const why = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n')[0];
    throw new TensorFileError(path, `damaged, or no HDF5 file: ${why}`, { cause });
  }
}
