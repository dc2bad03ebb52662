import { describe, expect, it } from 'vitest';
import { createStainLoops } from '../../../../src/io/kernels/stain-loops.ts';
import { createMapTables, hasMapTables } from '../../../../src/io/kernels/stain-map-tables.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const kernels = createKernels(8 * 2 ** 20);
const loops = createStainLoops(kernels);
const plain = createStainLoops(undefined);
const start = kernels.mark();
const DENSITY = Float64Array.from({ length: 256 }, (_, v) => -Math.log((v + 1) / 240));
const MAP = Float64Array.of(0.9, 0.2, -0.1, -0.15, 1.2, 0.05, 0.1, -0.3, 1.1);
/** Pixels: fewer than the kernels take at a time, their multiples, one strip, and more than two. */
const SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 8191, 8192, 8193, 20_000];

/** Quicker than `toEqual` by far. */
function isSame(one: Uint8Array | Uint32Array, other: Uint8Array | Uint32Array): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

function copyInside(bytes: Uint8Array): Uint8Array {
  kernels.release(start);
  const inside = kernels.bytes(kernels.allocate(bytes.length), bytes.length);
  inside.set(bytes);
  return inside;
}

describe('sums of densities', () => {
  it('are the same numbers with kernels and without, to the last bit', () => {
    for (const size of SIZES)
      for (const brightest of [0, 127, 128, 205, 255]) {
        const rgb = createNoise(3 * size, size + brightest);
        const found = loops.sumDensities(rgb, DENSITY, brightest);
        expect(found).toEqual(plain.sumDensities(rgb, DENSITY, brightest));
        expect(loops.sumDensities(copyInside(rgb), DENSITY, brightest)).toEqual(found);
      }
  });

  it('count and add what they say', () => {
    const rgb = Uint8Array.of(10, 20, 30, 250, 0, 0, 40, 50, 60);
    const density = Float64Array.from({ length: 256 }, (_, v) => v);
    expect(loops.sumDensities(rgb, density, 200)).toEqual({
      count: 2,
      sums: Float64Array.of(50, 1700, 70, 2900, 90, 4500, 200 + 2000, 300 + 2400, 600 + 3000),
    });
  });
});

describe('tails', () => {
  /** Whole numbers, so that float32 adds them without rounding and both sides must find the same pixels. */
  const createTables = (from: readonly number[]) =>
    Float32Array.from({ length: 3072 }, (_, i) => {
      const [lane, level, channel] = [i % 4, (i >> 2) % 256, Math.floor(i / 1024)];
      return (channel === 0 ? from[lane]! : 0) - level * (lane === channel ? 3 : 1);
    });

  it('are the same pixels with kernels and without', () => {
    for (const size of SIZES)
      for (const edge of [0, 300, 700, 1000, 2000]) {
        const rgb = createNoise(3 * size, size + edge);
        const tables = createTables([edge, edge + 100, edge + 200, edge / 2]);
        const found = loops.findTails(rgb, tables);
        expect(isSame(found, plain.findTails(rgb, tables))).toBe(true);
        expect(isSame(loops.findTails(copyInside(rgb), tables), found)).toBe(true);
      }
  });

  it('say which sums were below 0', () => {
    const rgb = Uint8Array.of(1, 2, 3, 200, 100, 50);
    const tables = createTables([700, 10, 500, 9]);
    // Lanes: 3r + g + b, r + 3g + b, r + g + 3b, r + g + b against 700, 10, 500, 9.
    expect([...loops.findTails(rgb, tables)]).toEqual([200 | (100 << 8) | (50 << 16) | (0b1011 << 24)]);
    expect([...plain.findTails(rgb, tables)]).toEqual([...loops.findTails(rgb, tables)]);
  });
});

describe('maps of densities', () => {
  /** One `exp` a value, as the formula has it. */
  function mapSlowly(rgb: Uint8Array, { map = MAP, intensity = 240, offset = 0, over = 255 }): Float64Array {
    const out = new Float64Array(rgb.length);
    for (let p = 0; p < rgb.length; p += 3)
      for (let c = 0; c < 3; c++) {
        let exponent = 0;
        for (let i = 0; i < 3; i++) exponent -= map[3 * c + i]! * DENSITY[rgb[p + i]!]!;
        out[p + c] = Math.max(0, Math.min(over, intensity * Math.exp(exponent) + offset));
      }
    return out;
  }

  const all = [
    {},
    { over: 254 },
    { offset: -1, intensity: 256 },
    { offset: 0.5 },
    // Far outside of what float32 holds, and all black, and all white.
    { map: Float64Array.of(30, -29, 1, -30, 30, 0.5, 12, -25, 14) },
    { map: new Float64Array(9).fill(20) },
    { map: new Float64Array(9) },
  ];

  it('are the same bytes with kernels and without, and those of the formula', () => {
    for (const [i, settings] of all.entries()) {
      const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240, ...settings });
      for (const size of SIZES) {
        const rgb = createNoise(3 * size, size + i);
        const out = new Uint8Array(rgb.length);
        loops.mapDensities(rgb, out, tables);
        const other = new Uint8Array(rgb.length);
        plain.mapDensities(rgb, other, tables);
        expect(isSame(out, other)).toBe(true);
        const exact = mapSlowly(rgb, settings);
        // Both round in the last bits: where the value is a whole number but for that, either side of it is right.
        const wrong = out.filter((value, p) => value !== Math.trunc(exact[p]!) && !isNear(exact[p]!));
        expect(wrong).toHaveLength(0);
      }
    }
  });

  function isNear(value: number): boolean {
    return Math.abs(value - Math.round(value)) < 1e-9;
  }

  it('leave glass as it is, with kernels and without', () => {
    const range = { tissue: 205, glass: 230 };
    for (const [i, settings] of all.entries()) {
      const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240, ...settings });
      for (const size of SIZES)
        for (const darkest of [0, 190, 206, 230]) {
          const rgb = createNoise(3 * size, size + i).map((value) => darkest + (value * (255 - darkest)) / 255);
          const [want, out, other] = [new Uint8Array(rgb.length), new Uint8Array(rgb.length), rgb.slice()];
          loops.mapDensities(rgb, want, tables);
          for (let p = 0; p < rgb.length; p++) {
            const level = Math.min(...rgb.subarray(p - (p % 3), p - (p % 3) + 3));
            const way = Math.min(1, Math.max(0, (level - range.tissue) / (range.glass - range.tissue)));
            const weight = Math.round(128 * (1 - way ** 2));
            want[p] = rgb[p]! + Math.floor(((want[p]! - rgb[p]!) * weight + 64) / 128);
          }
          loops.mapDensities(rgb, out, { ...tables, glass: range });
          expect(isSame(out, want)).toBe(true);
          plain.mapDensities(other, other, { ...tables, glass: range });
          expect(isSame(other, want)).toBe(true);
        }
    }
  });

  it('leave glass as it is in rows of any width', () => {
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    const glass = { ...tables, glass: { tissue: 205, glass: 230 } };
    for (let width = 1; width <= 40; width++) {
      const block = { pitch: 130, width, height: 3, channels: 3 } as const;
      const picture = createNoise(130 * 3, width).map((value) => 180 + value / 4);
      const pixels = copyInside(picture);
      loops.mapBlock({ ...block, pixels }, glass);
      plain.mapBlock({ ...block, pixels: picture }, glass);
      expect(isSame(pixels, picture)).toBe(true);
    }
  });

  it('hold for every level of every channel', () => {
    const rgb = new Uint8Array(3 * 256 * 9);
    for (let p = 0, i = 0; p < rgb.length; p += 3, i++)
      rgb.set([i & 255, (i * 7 + (i >> 8)) & 255, (255 - i * 3) & 255], p);
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    const [out, other] = [new Uint8Array(rgb.length), new Uint8Array(rgb.length)];
    loops.mapDensities(rgb, out, tables);
    plain.mapDensities(rgb, other, tables);
    expect(isSame(out, other)).toBe(true);
  });

  it('work in place, inside the kernels’ memory and out of it', () => {
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    const rgb = createNoise(3 * 20_001);
    const want = new Uint8Array(rgb.length);
    plain.mapDensities(rgb, want, tables);
    for (const own of [rgb.slice(), copyInside(rgb)]) {
      loops.mapDensities(own, own, tables);
      expect(isSame(own, want)).toBe(true);
    }
    const inside = copyInside(rgb);
    const out = new Uint8Array(rgb.length);
    loops.mapDensities(inside, out, tables);
    expect(isSame(out, want)).toBe(true);
    expect(isSame(inside, rgb)).toBe(true);
  });

  it('change the pixels of a block and nothing beside it', () => {
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    for (const width of [1, 3, 4, 5, 30]) {
      const [height, pitch] = [7, 100];
      const picture = createNoise(pitch * height, width);
      const want = picture.slice();
      for (let row = 0; row < height; row++) {
        const one = want.subarray(row * pitch, row * pitch + 3 * width);
        plain.mapDensities(one, one, tables);
      }
      const pixels = copyInside(picture);
      loops.mapBlock({ pixels, pitch, width, height, channels: 3 }, tables);
      expect(isSame(pixels, want)).toBe(true);
      plain.mapBlock({ pixels: picture, pitch, width, height, channels: 3 }, tables);
      expect(isSame(picture, want)).toBe(true);
    }
  });

  it('go into another block, and leave the first as it is', () => {
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    const [width, height, pitch] = [37, 5, 130];
    const picture = createNoise(pitch * height, 4);
    const packed = new Uint8Array(width * 3 * height);
    for (let row = 0; row < height; row++)
      packed.set(picture.subarray(row * pitch, row * pitch + 3 * width), row * width * 3);
    const want = new Uint8Array(packed.length);
    plain.mapDensities(packed, want, tables);
    const pixels = copyInside(picture);
    const [inside, outside] = [kernels.bytes(kernels.allocate(want.length), want.length), new Uint8Array(want.length)];
    const of = (bytes: Uint8Array, rowBytes: number) =>
      ({ pixels: bytes, pitch: rowBytes, width, height, channels: 3 }) as const;
    loops.mapBlock(of(pixels, pitch), tables, of(inside, 3 * width));
    plain.mapBlock(of(picture, pitch), tables, of(outside, 3 * width));
    expect(isSame(inside, want)).toBe(true);
    expect(isSame(outside, want)).toBe(true);
    expect(isSame(pixels, createNoise(pitch * height, 4))).toBe(true);
    const less = { ...of(inside, 3 * width), height: height - 1 };
    expect(() => loops.mapBlock(of(pixels, pitch), tables, less)).toThrow('out.height');
    expect(() => loops.mapBlock(of(pixels, pitch), tables, of(outside, 3 * width))).toThrow("kernels' own memory");
  });

  it('have no tables where a factor would leave the range of numbers', () => {
    const steep = { density: DENSITY, map: new Float64Array(9).fill(60), intensity: 240 };
    expect(hasMapTables(steep)).toBe(false);
    expect(hasMapTables({ ...steep, map: new Float64Array(9).fill(Number.NaN) })).toBe(false);
    expect(() => createMapTables(steep)).toThrow(expect.objectContaining({ tag: 'option', option: 'map' }));
  });

  it('refuse another length, and blocks outside the kernels’ memory', () => {
    const tables = createMapTables({ density: DENSITY, map: MAP, intensity: 240 });
    expect(() => loops.mapDensities(new Uint8Array(6), new Uint8Array(3), tables)).toThrow('out.length');
    const block = { pixels: new Uint8Array(12), pitch: 12, width: 4, height: 1, channels: 3 } as const;
    expect(() => loops.mapBlock(block, tables)).toThrow("kernels' own memory");
  });
});
