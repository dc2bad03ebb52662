/**
 * Files of HDF5, written from front to back: every place is known before the first byte, so that nothing is held but one
 * piece, and the file can be hashed on the way. The same plan gives the same bytes: there are no times in it. The structures
 * are the oldest (superblock 0), which every version of the library reads.
 */
import { ByteWriter } from './byte-writer.ts';
import { type ChunkRun, encodeChunkTree, getChunkBytes, getRootAddress, getTreeBytes } from './chunk-tree.ts';
import { MESSAGE, NOWHERE, SIGNATURE } from './constants.ts';
import { encodeGroup, GROUP_SIZES, MOST_MEMBERS, placeGroup } from './encode-group.ts';
import {
  createAttributeMessage,
  createDatasetMessages,
  encodeObjectHeader,
  type PlaceText,
} from './encode-messages.ts';
import { getElementBytes, type H5Attribute, type H5DatasetPlan, type H5FilePlan } from './h5-plan.ts';
import { TextHeap } from './text-heap.ts';

const SUPERBLOCK = 96;
const MAX_CHUNK = 2 ** 32 - 1;

/** The file in pieces. @throws TypeError where a dataset's content has not the bytes of its shape, or a plan is impossible */
export function* encodeHdf5(plan: H5FilePlan): Generator<Uint8Array> {
  checkPlan(plan);
  const layout = placeParts(plan);
  yield encodeSuperblock(layout);
  yield encodeRoot(plan, layout);
  yield encodeGroup(
    plan.datasets.map(({ name }, at) => ({ name, address: layout.datasets[at]?.header ?? 0 })),
    layout.group,
  );
  for (const [at, dataset] of plan.datasets.entries())
    yield encodeHeader(dataset, layout.datasets[at], layout.placeText);
  yield layout.heap.encode();
  for (const { run, tree } of layout.datasets) if (run) yield* encodeChunkTree(run, tree);
  for (const [at, dataset] of plan.datasets.entries()) yield* fillUp(dataset, layout.datasets[at]?.bytes ?? 0);
}

/** Where one dataset's parts lie. */
interface DatasetPlaces {
  readonly header: number;
  /** Of chunks alone: where the tree begins. */
  readonly tree: number;
  readonly run: ChunkRun | undefined;
  readonly data: number;
  /** Room of its elements: whole chunks. */
  readonly bytes: number;
}

interface FileLayout {
  readonly group: number;
  readonly datasets: readonly DatasetPlaces[];
  readonly heap: TextHeap;
  readonly placeText: PlaceText;
  readonly end: number;
}

/** Headers are as long whatever addresses stand in them: they are made once to be measured. */
function placeParts(plan: H5FilePlan): FileLayout {
  const { heap, numbers } = collectTexts(plan);
  const measure: PlaceText = () => ({ length: 0, heap: 0, index: 0 });
  const group = SUPERBLOCK + encodeRoot(plan, { group: 0, placeText: measure }).length;
  const members = plan.datasets.map(({ name }) => ({ name, address: 0 }));
  let at = group + encodeGroup(members, 0).length;
  const headers = plan.datasets.map((dataset) => {
    const header = at;
    at += encodeHeader(dataset, undefined, measure).length;
    return header;
  });
  const texts = at;
  at += heap.length;
  const runs = plan.datasets.map(describeChunks);
  const trees = runs.map((run) => {
    const tree = at;
    at += run ? getTreeBytes(run.count) : 0;
    return tree;
  });
  const datasets = plan.datasets.map((dataset, i): DatasetPlaces => {
    const run = runs[i];
    const data = at;
    const bytes = run ? run.count * getChunkBytes(run) : countBytes(dataset);
    at += bytes;
    return { header: headers[i] ?? 0, tree: trees[i] ?? 0, run: run && { ...run, address: data }, data, bytes };
  });
  const placeText: PlaceText = (text) => ({ heap: texts, ...(numbers.get(text) ?? { length: 0, index: 0 }) });
  return { group, datasets, heap, placeText, end: at };
}

function collectTexts({ datasets, attributes = [] }: H5FilePlan) {
  const heap = new TextHeap();
  const numbers = new Map<string, { readonly index: number; readonly length: number }>();
  for (const { type, value } of [...attributes, ...datasets.flatMap(({ attributes: own = [] }) => own)])
    if (type === 'text' && !numbers.has(String(value))) numbers.set(String(value), heap.add(String(value)));
  return { heap, numbers };
}

function describeChunks(dataset: H5DatasetPlan): (Omit<ChunkRun, 'address'> & { address: number }) | undefined {
  const { shape, chunkRows, type } = dataset;
  if (chunkRows === undefined) return undefined;
  const [rows, columns] = shape;
  const count = Math.ceil(rows / chunkRows);
  return { count, rows: chunkRows, columns, elementBytes: getElementBytes(type), address: 0 };
}

function countBytes({ shape: [rows, columns], type }: H5DatasetPlan): number {
  return rows * columns * getElementBytes(type);
}

function encodeSuperblock({ group, end }: FileLayout): Uint8Array {
  const { tree, heap } = placeGroup(group);
  // Sizes of addresses and lengths; then addresses: base, free space, end, driver.
  const to = new ByteWriter()
    .bytes(SIGNATURE)
    .u8(0, 0, 0, 0, 0, 8, 8, 0)
    .u16(GROUP_SIZES.leaf, GROUP_SIZES.internal)
    .u32(0);
  to.u64(0, NOWHERE, end, NOWHERE);
  // The root's own symbol; 1: tree and heap are named here too.
  return to.u64(0, SUPERBLOCK).u32(1, 0).u64(tree, heap).finish();
}

function encodeRoot(
  { attributes = [] }: H5FilePlan,
  { group, placeText }: Pick<FileLayout, 'group' | 'placeText'>,
): Uint8Array {
  const { tree, heap } = placeGroup(group);
  const symbols = { type: MESSAGE.symbolTable, constant: false, content: new ByteWriter().u64(tree, heap).finish() };
  return encodeObjectHeader([symbols, ...createAttributes(attributes, placeText)]);
}

function encodeHeader(dataset: H5DatasetPlan, places: DatasetPlaces | undefined, placeText: PlaceText): Uint8Array {
  const { attributes = [] } = dataset;
  const messages = createDatasetMessages(dataset, places ? getContentAddress(places) : 0);
  return encodeObjectHeader([...messages, ...createAttributes(attributes, placeText)]);
}

function createAttributes(attributes: readonly H5Attribute[], placeText: PlaceText) {
  return attributes.map((attribute) => createAttributeMessage(attribute, placeText));
}

function getContentAddress({ run, tree, data, bytes }: DatasetPlaces): number | bigint {
  if (bytes === 0) return NOWHERE;
  return run ? getRootAddress(run.count, tree) : data;
}

function* fillUp(dataset: H5DatasetPlan, room: number): Generator<Uint8Array> {
  const expected = countBytes(dataset);
  let bytes = 0;
  for (const piece of dataset.content) {
    bytes += piece.length;
    yield piece;
  }
  if (bytes !== expected) throw new TypeError(`expected ${expected} bytes of ${dataset.name} but received ${bytes}`);
  if (room > bytes) yield new Uint8Array(room - bytes);
}

function checkPlan({ datasets, attributes = [] }: H5FilePlan): void {
  if (datasets.length === 0 || datasets.length > MOST_MEMBERS)
    throw new TypeError(`expected 1 to ${MOST_MEMBERS} datasets but received ${datasets.length}`);
  for (const { name, shape, chunkRows, type } of datasets) {
    if (!/^[\w -]+$/.test(name)) throw new TypeError(`expected a plain name of a dataset but received ${name}`);
    const chunk = (chunkRows ?? 1) * shape[1] * getElementBytes(type);
    if (chunkRows !== undefined && (chunkRows < 1 || chunk > MAX_CHUNK || chunk === 0))
      throw new TypeError(`expected chunks of 1 to ${MAX_CHUNK} bytes in ${name} but received ${chunk}`);
  }
  const all = [...attributes, ...datasets.flatMap(({ attributes: own = [] }) => own)];
  for (const { name, type, value } of all)
    if (type === 'int64' && ![value].flat().every(Number.isSafeInteger))
      throw new TypeError(`expected integers for the attribute ${name} but received ${String(value)}`);
}
