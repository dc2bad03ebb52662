import { CodecError } from '../../utils/errors.ts';
import {
  createHuffmanTable,
  type HuffmanTable,
  type JpegScan,
  SCAN_PROBLEM,
  type ScanWalker,
  walkJpegScan,
} from '../kernels/walk-jpeg-scan.ts';

/**
 * Finds out whether the scans of a complete JPEG hold exactly the data that its frame promises. libjpeg only warns of a
 * scan that ends early, has codes that do not exist or bytes left over, and fills the rest of the picture with grey; some
 * callers of it (libvips, in the last 8 rows) do not even look at the warning.
 *
 * Covers baseline and extended sequential Huffman frames (SOF0, SOF1), with restart markers and with more than one scan.
 * Others (progressive, arithmetic) pass unchecked. Damage that leaves the codes in step gives other pixels, and no program
 * can tell: JPEG has no checksum.
 * @throws CodecError
 */
export function checkJpegScans(bytes: Uint8Array, walk: ScanWalker = walkJpegScan): void {
  const state = createReading();
  let at = 2;
  let scans = 0;
  while (at < bytes.length) {
    const { marker, segment, end } = readSegment(state, bytes, at);
    if (marker === undefined) break;
    at = end;
    if (marker !== MARKER.StartOfScan) continue;
    if (!state.frame) return;
    at = checkJpegScan(bytes, at, { scan: readScan(state, segment), walk });
    scans += segment[0] ?? 0;
  }
  if (state.frame && scans !== state.frame.components.length) fail('the scans do not hold every component');
}

/**
 * The scan that begins behind the headers of a JPEG, where one sequential scan holds the whole picture: `headers` reach
 * from the start of image to the end of the scan header.
 * @returns undefined for other kinds of JPEG (progressive, arithmetic, several scans)
 * @throws CodecError where the headers are damaged, or a table is missing
 */
export function readOnlyScan(headers: Uint8Array): JpegScan | undefined {
  const state = createReading();
  for (let at = 2; at < headers.length; ) {
    const { marker, segment, end } = readSegment(state, headers, at);
    if (marker === undefined) break;
    at = end;
    if (marker !== MARKER.StartOfScan) continue;
    const { frame, quantisation } = state;
    const count = segment[0] ?? 0;
    if (!frame || frame.components.length !== count) return undefined;
    if (segment.length !== 4 + 2 * count) fail('a damaged scan header');
    const missing = frame.components.find((component) => !quantisation.has(component.quantisation));
    if (missing) fail('a component without its quantisation table');
    const [first, last, approximation] = segment.subarray(1 + 2 * count);
    return first === 0 && last === 63 && approximation === 0 ? readScan(state, segment) : undefined;
  }
  return undefined;
}

/** @returns where the scan's data, which begin at `at`, end. @throws CodecError */
export function checkJpegScan(
  bytes: Uint8Array,
  at: number,
  { scan, walk = walkJpegScan }: { scan: JpegScan; walk?: ScanWalker | undefined },
): number {
  const end = walk(bytes, at, scan);
  if (end < 0) fail(PROBLEMS[end] ?? 'the scan is damaged');
  return end;
}

const MARKER = {
  Baseline: 0xc0,
  Extended: 0xc1,
  Huffman: 0xc4,
  EndOfImage: 0xd9,
  StartOfScan: 0xda,
  Quantisation: 0xdb,
  RestartInterval: 0xdd,
} as const;

interface Reading {
  frame: Frame | undefined;
  restartInterval: number;
  /** By class (0 DC, 1 AC) x 16 + number, as DHT has them. */
  readonly tables: Map<number, HuffmanTable>;
  /** Numbers of the tables that are there. */
  readonly quantisation: Set<number>;
}

function createReading(): Reading {
  return { frame: undefined, restartInterval: 0, tables: new Map(), quantisation: new Set() };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  /** Number of its quantisation table. */
  readonly quantisation: number;
}

/** The segment at `at`, taken in; without a marker at the end of the image, or where no segment is. */
function readSegment(
  state: Reading,
  bytes: Uint8Array,
  at: number,
): { marker: number | undefined; segment: Uint8Array; end: number } {
  let from = at;
  while (bytes[from] === 0xff && bytes[from + 1] === 0xff) from++;
  const marker = bytes[from + 1];
  const end = from + 2 + readUint16(bytes, from + 2);
  const segment = bytes.subarray(from + 4, end);
  if (bytes[from] !== 0xff || marker === MARKER.EndOfImage) return { marker: undefined, segment, end };
  if (marker === MARKER.Huffman) readHuffmanTables(state, segment);
  else if (marker === MARKER.Quantisation) readQuantisationTables(state, segment);
  else if (marker === MARKER.RestartInterval) state.restartInterval = readUint16(segment, 0);
  else if (marker === MARKER.Baseline || marker === MARKER.Extended) state.frame = readComponents(segment);
  return { marker, segment, end };
}

function readComponents(segment: Uint8Array): Frame {
  const components: Component[] = [];
  for (let i = 0; i < (segment[5] ?? 0); i++) {
    const factors = segment[6 + i * 3 + 1] ?? 0;
    const id = segment[6 + i * 3] ?? 0;
    const component = { id, horizontal: factors >> 4, vertical: factors & 15, quantisation: segment[8 + i * 3] ?? 0 };
    const possible = (factor: number) => factor >= 1 && factor <= 4;
    if (!possible(component.horizontal) || !possible(component.vertical)) fail(`sampling factors ${factors}`);
    components.push(component);
  }
  return { height: readUint16(segment, 1), width: readUint16(segment, 3), components };
}

function readHuffmanTables({ tables }: Reading, segment: Uint8Array): void {
  for (let at = 0; at < segment.length; ) {
    const counts = segment.subarray(at + 1, at + 17);
    const symbols = counts.reduce((sum, count) => sum + count, 0);
    const end = at + 17 + symbols;
    const table = end <= segment.length ? createHuffmanTable(counts, segment.subarray(at + 17, end)) : undefined;
    if (!table) fail('a damaged Huffman table');
    tables.set(segment[at] ?? 0, table);
    at = end;
  }
}

/** Of 8-bit steps (65 bytes each) or 16-bit ones. */
function readQuantisationTables({ quantisation }: Reading, segment: Uint8Array): void {
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at] ?? 0;
    at += kind < 16 ? 65 : 129;
    if (at > segment.length) fail('a damaged quantisation table');
    quantisation.add(kind & 15);
  }
}

function readScan({ frame, restartInterval, tables }: Reading, header: Uint8Array): JpegScan {
  const list: HuffmanTable[] = [];
  const find = (key: number): number => {
    const table = tables.get(key);
    if (!table) fail('a scan without its Huffman tables');
    list.push(table);
    return list.length - 1;
  };
  const parts = Array.from({ length: header[0] ?? 0 }, (_, i) => {
    const component = frame?.components.find(({ id }) => id === header[1 + i * 2]);
    if (!component) fail('a scan of a component that the frame does not have');
    const selectors = header[2 + i * 2] ?? 0;
    return { component, dc: find(selectors >> 4), ac: find(16 + (selectors & 15)) };
  });
  if (!frame || parts.length === 0) fail('an empty scan');
  // A single component is not interleaved: its MCU is one block (T.81, A.2.2).
  const blocks = parts.flatMap(({ component, dc, ac }) =>
    Array.from({ length: parts.length === 1 ? 1 : component.horizontal * component.vertical }, () => [dc, ac]),
  );
  if (parts.length > 1 && blocks.length > MOST_BLOCKS) fail(`${blocks.length} blocks in an MCU`);
  return {
    blocks: Int32Array.from(blocks.flat()),
    tables: list,
    mcus: countMcus(
      frame,
      parts.map(({ component }) => component),
    ),
    restartInterval,
  };
}

function countMcus({ width, height, components }: Frame, scanned: readonly Component[]): number {
  const mostX = Math.max(...components.map(({ horizontal }) => horizontal));
  const mostY = Math.max(...components.map(({ vertical }) => vertical));
  const [single] = scanned;
  if (scanned.length > 1 || !single) return Math.ceil(width / (8 * mostX)) * Math.ceil(height / (8 * mostY));
  const columns = Math.ceil(Math.ceil((width * single.horizontal) / mostX) / 8);
  return columns * Math.ceil(Math.ceil((height * single.vertical) / mostY) / 8);
}

/** Of an interleaved scan (T.81, B.2.3). */
const MOST_BLOCKS = 10;

const PROBLEMS: Readonly<Record<number, string>> = {
  [SCAN_PROBLEM.Code]: 'damaged data: a Huffman code that does not exist',
  [SCAN_PROBLEM.Short]: 'damaged data: they end before the last block',
  [SCAN_PROBLEM.Block]: 'damaged data: a block with more than 64 coefficients, or one out of range',
  [SCAN_PROBLEM.Extra]: 'damaged data: bytes are left over behind the last block',
  [SCAN_PROBLEM.Restart]: 'damaged data: a restart marker is missing',
};

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function fail(problem: string): never {
  throw new CodecError('jpeg', problem);
}
