import { type ByteList, createByteList } from './byte-list.ts';
import { createVertexList, rewindVertices, type VertexList } from './vertex-list.ts';

/** Which elements of a kind of file are lifted out. */
export interface MarkupNames {
  /** A drawn shape: its markup is handed over by itself, without its vertices. */
  readonly record: string;
  /** A vertex: attributes X and Y, or with `nested` the children x and y. */
  readonly vertex: string;
  readonly nested?: boolean;
  /** What holds records and says something about all of them: a layer. */
  readonly group?: string;
}

/** Markup of one shape, and what was lifted out of it. */
export interface MarkupRecord {
  /** Bytes of `record.values`, until `rewindRecords`. */
  readonly from: number;
  readonly to: number;
  readonly vertices: Float64Array;
  /** Index of the first vertex without finite numbers; -1 where all have them. */
  readonly firstBad: number;
  /** Which group it lies in, from 0; -1 outside of all. */
  readonly group: number;
}

/** What a group says before its first record: enough for its name and colour long before the file ends. */
export interface GroupHead {
  readonly group: number;
  readonly markup: Uint8Array;
  /** What has to be closed behind `markup`, outermost first. */
  readonly open: readonly string[];
}

/** A scan between two blocks of a file. */
export interface MarkupScan {
  readonly names: MarkupNames;
  /** Whether the vertices of records are views that `rewindVertices` makes void. */
  readonly reuse: boolean;
  readonly vertexName: Uint8Array;
  /** Names of the open elements, as written. */
  readonly open: string[];
  /** How many elements were open where the current record begins; -1 outside of records. */
  recordDepth: number;
  groupDepth: number;
  group: number;
  /** Where the current group begins in `skeleton`. */
  groupStart: number;
  /** Everything outside of records. */
  readonly skeleton: ByteList;
  /** Markup of the records, one behind the other; that of the current one begins at `recordStart`. */
  readonly record: ByteList;
  recordStart: number;
  readonly vertices: VertexList;
  /** Vertices outside of records. */
  readonly strays: VertexList;
  strayCount: number;
  readonly records: MarkupRecord[];
  readonly heads: GroupHead[];
  /** What ends the scan; undefined while all is well. */
  problem: string | undefined;
}

export function createMarkupScan(names: MarkupNames, reuse = false): MarkupScan {
  return {
    names,
    reuse,
    vertexName: Uint8Array.from(names.vertex, (letter) => letter.charCodeAt(0)),
    open: [],
    recordDepth: -1,
    groupDepth: -1,
    group: -1,
    groupStart: 0,
    skeleton: createByteList(),
    record: createByteList(),
    recordStart: 0,
    vertices: createVertexList(),
    strays: createVertexList(),
    strayCount: 0,
    records: [],
    heads: [],
    problem: undefined,
  };
}

/** Forgets the markup and the vertices of records, which must all have been taken from `records`. */
export function rewindRecords(scan: MarkupScan): void {
  const { record, recordStart } = scan;
  record.values.copyWithin(0, recordStart, record.length);
  record.length -= recordStart;
  scan.recordStart = 0;
  rewindVertices(scan.vertices);
}
