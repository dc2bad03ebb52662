import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import type { PatchPlan, PlannedPatch } from '../../src/preprocessing/extract-patches/patch-plan.ts';
import { countLabels } from '../../src/preprocessing/patch-labels/count-labels.ts';
import { countBox } from '../../src/preprocessing/patch-labels/kernels/count-box.ts';
import { createLabelTile, type LabelMask } from '../../src/preprocessing/patch-labels/label-mask.ts';
import { readPngHead } from '../../src/preprocessing/patch-labels/masks/png-head.ts';
import { openPngRows } from '../../src/preprocessing/patch-labels/masks/png-rows.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const CLASSES = [
  { id: 0, name: 'background' },
  { id: 1, name: 'tumor' },
  { id: 2, name: 'stroma' },
  { id: 255, name: 'other' },
] as const;
const IDS = CLASSES.map(({ id }) => id);

interface Labels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Runs of one label, as masks have them, of lengths that cross words and tiles. */
const anyLabels = fc
  .record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 40 }),
    runs: fc.array(fc.tuple(fc.constantFrom(...IDS), fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 60 }),
  })
  .map(({ width, height, runs }): Labels => {
    const data = new Uint8Array(width * height);
    for (let at = 0, k = 0; at < data.length; k++) {
      const [label = 0, length = 1] = runs[k % runs.length] ?? [];
      data.fill(label, at, at + length);
      at += length;
    }
    return { width, height, data };
  });

/** The mask in tiles, each with a margin of other labels at its end, as stored tiles reach beyond the mask. */
function cutTiles({ width, height, data }: Labels, [tileWidth, tileHeight]: [number, number]) {
  const reads = new Map<string, number>();
  const mask: LabelMask = {
    ...{ name: 'mask', width, height, tileWidth, tileHeight, parallel: 3, facts: {} },
    async readTile(column, row) {
      const key = `${column}/${row}`;
      reads.set(key, (reads.get(key) ?? 0) + 1);
      const pixels = new Uint8Array(tileWidth * tileHeight);
      for (let y = 0; y < tileHeight; y++) {
        for (let x = 0; x < tileWidth; x++) {
          const [i, j] = [column * tileWidth + x, row * tileHeight + y];
          pixels[y * tileWidth + x] = i < width && j < height ? data[j * width + i]! : 77;
        }
      }
      return createLabelTile(pixels, tileWidth);
    },
    async [Symbol.asyncDispose]() {},
  };
  return { mask, reads };
}

function createPlan(corners: readonly (readonly [number, number])[], span: { x: number; y: number }): PatchPlan {
  const patches: PlannedPatch[] = corners.map(([x, y], index) => ({ index, x, y, tissueFraction: 1 }));
  const geometry = { size: 16, span, downsample: { x: span.x / 16, y: span.y / 16 }, mpp: undefined, level: undefined };
  return {
    geometry,
    options: {} as PatchPlan['options'],
    candidates: patches.length,
    count: () => patches.length,
    [Symbol.iterator]: () => patches[Symbol.iterator](),
  };
}

/** Every pixel asked by itself: whose centre is in the patch; where none is, the one under the patch's centre. */
function countSlowly(
  labels: Labels,
  patch: { x: number; y: number; span: { x: number; y: number } },
  d: { x: number; y: number },
) {
  const { x, y, span } = patch;
  const counts = new Float64Array(IDS.length);
  const columns = [];
  const rows = [];
  for (let i = -700; i < 3000; i++) if ((i + 0.5) * d.x >= x && (i + 0.5) * d.x < x + span.x) columns.push(i);
  for (let j = -700; j < 3000; j++) if ((j + 0.5) * d.y >= y && (j + 0.5) * d.y < y + span.y) rows.push(j);
  const centre = [Math.floor((x + span.x / 2) / d.x), Math.floor((y + span.y / 2) / d.y)] as const;
  const at = (i: number, j: number) =>
    i >= 0 && j >= 0 && i < labels.width && j < labels.height ? labels.data[j * labels.width + i]! : 0;
  for (const j of rows.length > 0 ? rows : [centre[1]])
    for (const i of columns.length > 0 ? columns : [centre[0]]) counts[IDS.indexOf(at(i, j) as 0)]!++;
  return { counts: [...counts], centre: IDS.indexOf(at(...centre) as 0) };
}

// In eighths, so that the test's own sums are exact.
const eighths = (low: number, high: number) => fc.integer({ min: low * 8, max: high * 8 }).map((value) => value / 8);
const anyPair = (low: number, high: number) => fc.record({ x: eighths(low, high), y: eighths(low, high) });

describe('labels of patches', () => {
  it('are the counts of a plain loop over pixels, for any mask, tiles, downsample and patches', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLabels,
        fc.tuple(fc.integer({ min: 1, max: 33 }), fc.integer({ min: 1, max: 33 })),
        anyPair(0.125, 6),
        anyPair(0.125, 60),
        fc.array(fc.tuple(fc.integer({ min: -80, max: 300 }), fc.integer({ min: -80, max: 200 })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (labels, tiles, downsample, span, corners) => {
          const { mask, reads } = cutTiles(labels, tiles);
          const found = [];
          for await (const { patches, counts, centres } of countLabels(createPlan(corners, span), {
            mask,
            classes: CLASSES,
            downsample,
          }))
            for (const i of patches.keys())
              found.push({ counts: [...counts.subarray(i * 4, i * 4 + 4)], centre: centres[i] });
          const wanted = corners.map(([x, y]) => countSlowly(labels, { x, y, span }, downsample));
          expect(found).toEqual(wanted);
          // Each tile once for all patches of a block.
          expect([...reads.values()].every((times) => times === 1)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('at the centre are found in the next tile, where a patch lies half a pixel beside a coarse mask', async () => {
    const labels = { width: 9, height: 9, data: Uint8Array.from({ length: 81 }, (_, i) => IDS[i % 4] ?? 0) };
    const { mask } = cutTiles(labels, [3, 3]);
    const corners = Array.from({ length: 64 }, (_, i): [number, number] => [
      4 + 8 * (i % 8),
      4 + 8 * Math.floor(i / 8),
    ]);
    const [span, downsample] = [
      { x: 8, y: 8 },
      { x: 8, y: 8 },
    ];
    const settings = { mask, classes: CLASSES, downsample };
    for await (const { counts, centres } of countLabels(createPlan(corners, span), settings)) {
      const found = corners.map((_, i) => ({ counts: [...counts.subarray(4 * i, 4 * i + 4)], centre: centres[i] }));
      expect(found).toEqual(corners.map(([x, y]) => countSlowly(labels, { x, y, span }, downsample)));
    }
  });

  it('count a box of a tile wherever it lies in memory', () => {
    fc.assert(
      fc.property(
        anyLabels,
        fc.integer({ min: 0, max: 3 }),
        fc.tuple(fc.nat(69), fc.nat(69), fc.nat(39), fc.nat(39)),
        ({ width, height, data }, offset, [a, b, c, d]) => {
          const shifted = new Uint8Array(data.length + offset).subarray(offset);
          shifted.set(data);
          const box = {
            ...{ left: Math.min(a, b, width), right: Math.min(width, Math.max(a, b)) },
            ...{ top: Math.min(c, d, height), bottom: Math.min(height, Math.max(c, d)) },
          };
          const slots = new Int16Array(256).fill(-1);
          for (const [slot, id] of IDS.entries()) slots[id] = slot;
          const counts = new Float64Array(6);
          expect(countBox({ pixels: shifted, pitch: width }, box, slots, counts, 2)).toBe(-1);
          const wanted = new Float64Array(6);
          for (let y = box.top; y < box.bottom; y++)
            for (let x = box.left; x < box.right; x++) wanted[2 + IDS.indexOf(data[y * width + x] as 0)]!++;
          expect(counts).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of patches that tile a slide add up to the whole mask', async () => {
    await fc.assert(
      fc.asyncProperty(anyLabels, fc.constantFrom(1, 2, 4, 2.5), async (labels, downsample) => {
        const { mask } = cutTiles(labels, [16, 16]);
        const span = { x: 13, y: 7 };
        const corners: [number, number][] = [];
        for (let y = 0; y < labels.height * downsample; y += span.y)
          for (let x = 0; x < labels.width * downsample; x += span.x) corners.push([x, y]);
        const sums = [0, 0, 0, 0];
        const pair = { x: downsample, y: downsample };
        for await (const { counts } of countLabels(createPlan(corners, span), {
          mask,
          classes: CLASSES,
          downsample: pair,
        }))
          for (const [i, pixels] of counts.entries()) sums[i % 4]! += pixels;
        const whole = IDS.map((id) => labels.data.filter((label) => label === id).length);
        // Beyond the mask all is background.
        expect(sums.slice(1)).toEqual(whole.slice(1));
      }),
      { numRuns: 60 },
    );
  });
});

describe('PNG rows', () => {
  it('of any filter, depth and width are those that were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 2, 4, 8, 16),
        fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }),
        fc.integer(),
        async (width, bits, filters, seed) => {
          const random = createSeededRandom(seed);
          const most = Math.min(256, 2 ** bits);
          const rows = filters.map(() => Uint8Array.from({ length: width }, () => Math.floor(random.uniform() * most)));
          const bytes = encodePng(rows, { width, bits, filters });
          await using source = createBufferSource(bytes, 'rows.png');
          const reader = openPngRows(source, await readPngHead(source));
          const found = [];
          for (const _ of rows) {
            const target = new Uint8Array(width);
            expect(await reader.read(target)).toBeUndefined();
            found.push(target);
          }
          await expect(reader.read(new Uint8Array(width))).rejects.toThrow('the pixels end too early');
          await reader.close();
          expect(found).toEqual(rows);
        },
      ),
      { numRuns: 120 },
    );
  });
});

/** By the words of the specification, pixel by pixel, in two chunks. */
function encodePng(
  rows: readonly Uint8Array[],
  { width, bits, filters }: { width: number; bits: number; filters: readonly number[] },
): Uint8Array {
  const length = Math.ceil((width * bits) / 8);
  const step = Math.max(1, bits >> 3);
  let above = new Uint8Array(length);
  const lines = rows.map((row, at) => {
    const packed = new Uint8Array(length);
    for (const [x, value] of row.entries()) {
      if (bits === 16) packed[2 * x + 1] = value;
      else packed[(x * bits) >> 3]! |= value << (8 - bits - ((x * bits) & 7));
    }
    const line = packed.map((value, i) => {
      const [a, b, c] = [packed[i - step] ?? 0, above[i]!, above[i - step] ?? 0];
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      return value - [0, a, b, Math.floor((a + b) / 2), paeth][filters[at]!]!;
    });
    above = packed;
    return Buffer.concat([Buffer.of(filters[at]!), line]);
  });
  const data = deflateSync(Buffer.concat(lines));
  const chunk = (type: string, content: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header[8] = bits;
  const parts = [chunk('IHDR', header), chunk('IDAT', data.subarray(0, 3)), chunk('IDAT', data.subarray(3))];
  return Buffer.concat([Buffer.of(137, 80, 78, 71, 13, 10, 26, 10), ...parts, chunk('IEND', Buffer.alloc(0))]);
}
