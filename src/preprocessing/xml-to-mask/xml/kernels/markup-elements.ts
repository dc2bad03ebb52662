import { appendBytes } from './byte-list.ts';
import type { GroupHead, MarkupScan } from './markup-scan.ts';
import { takeVertices } from './vertex-list.ts';

/** Bytes of markup, beside vertices, of one shape and of all that is no shape. */
const MAX_RECORD = 2 ** 20;
const MAX_SKELETON = 2 ** 24;
const MAX_DEPTH = 64;

/** Called before a start tag is kept. */
export function openElement(scan: MarkupScan, local: string): void {
  if (scan.recordDepth >= 0) return;
  const depth = scan.open.length;
  if (local === scan.names.record) {
    scan.recordDepth = depth;
    scan.recordStart = scan.record.length;
  } else if (local === scan.names.group && scan.groupDepth < 0) {
    scan.groupDepth = depth;
    scan.group++;
    scan.groupStart = scan.skeleton.length;
  }
}

/** Called after an end tag was kept. */
export function closeElement(scan: MarkupScan): void {
  const depth = scan.open.length;
  if (depth === scan.recordDepth) {
    const { firstBad } = scan.vertices;
    const group = scan.groupDepth < 0 ? -1 : scan.group;
    if (group >= 0 && group !== scan.heads.at(-1)?.group) scan.heads.push(takeHead(scan));
    scan.records.push({
      from: scan.recordStart,
      to: scan.record.length,
      vertices: takeVertices(scan.vertices, scan.reuse),
      firstBad,
      group,
    });
    scan.recordStart = scan.record.length;
    scan.recordDepth = -1;
  } else if (depth === scan.groupDepth) scan.groupDepth = -1;
}

function takeHead({ group, skeleton, groupStart, open, groupDepth }: MarkupScan): GroupHead {
  return { group, markup: skeleton.values.slice(groupStart, skeleton.length), open: open.slice(groupDepth) };
}

export function pushName(scan: MarkupScan, name: string): void {
  scan.open.push(name);
  if (scan.open.length > MAX_DEPTH) scan.problem = `elements are nested more than ${MAX_DEPTH} deep`;
}

/** Markup of a record goes with it, all other into the skeleton. */
export function keep(scan: MarkupScan, bytes: Uint8Array, from: number, to: number): void {
  const inside = scan.recordDepth >= 0;
  const list = inside ? scan.record : scan.skeleton;
  const most = inside ? MAX_RECORD : MAX_SKELETON;
  const length = list.length - (inside ? scan.recordStart : 0);
  if (length + to - from > most) scan.problem = `more than ${most} bytes of markup beside vertices`;
  else appendBytes(list, bytes, from, to);
}

/** Vertices outside of records are counted only. */
export function dropStrays(scan: MarkupScan): void {
  scan.strayCount += scan.strays.count;
  scan.strays.count = 0;
  scan.strays.orders = undefined;
}
