import { describe, expect, test } from 'vitest';
import { createScene } from '../../../../src/slide/synthetic-slide/create-scene.ts';
import { planLevels } from '../../../../src/slide/synthetic-slide/levels.ts';
import { resolveSyntheticOptions } from '../../../../src/slide/synthetic-slide/options.ts';
import { createTileRenderer } from '../../../../src/slide/synthetic-slide/tile-renderer.ts';
import {
  renderSyntheticTruth,
  SYNTHETIC_CLASSES,
  type SyntheticSlideOptions,
} from '../../../../src/slide/synthetic-slide.ts';

/** Draws a rectangle of whole tiles as one picture. */
function draw(options: SyntheticSlideOptions, area: { x: number; y: number; size: number }): Uint8ClampedArray {
  const resolved = resolveSyntheticOptions(options);
  const { tileSize } = resolved;
  const renderer = createTileRenderer(createScene(resolved), resolved);
  const picture = new Uint8ClampedArray(area.size * area.size * 3);
  const tile = new Uint8ClampedArray(tileSize * tileSize * 3);
  for (let y = 0; y < area.size; y += tileSize) {
    for (let x = 0; x < area.size; x += tileSize) {
      if (!renderer.render((area.x + x) / tileSize, (area.y + y) / tileSize, tile)) tile.set(renderer.glass);
      for (let row = 0; row < tileSize; row++) {
        const from = row * tileSize * 3;
        picture.set(tile.subarray(from, from + tileSize * 3), ((y + row) * area.size + x) * 3);
      }
    }
  }
  return picture;
}

test.each([1, 5])('pixels do not depend on how the slide is cut into tiles (seed %i)', (seed) => {
  const scene = createScene(resolveSyntheticOptions({ seed }));
  const corner = (value: number) => Math.floor(value / 512) * 512;
  // The tumour's edge (nuclei, glands, fat), the fold, the outline of a piece, the pen.
  const places = [
    { x: corner(scene.tumour!.x), y: corner(scene.tumour!.y + scene.tumour!.radius) },
    { x: corner(scene.fold!.x), y: corner(scene.fold!.y) },
    { x: corner(scene.pieces[1]!.x), y: corner(scene.pieces[1]!.y + scene.pieces[1]!.across) },
    { x: corner(scene.pen!.x), y: corner(Math.max(0, scene.pen!.y - scene.pen!.radius)) },
  ];
  for (const place of places) {
    const area = { ...place, size: 512 };
    const whole = draw({ seed, tileSize: 512 }, area);
    const cut = draw({ seed, tileSize: 128 }, area);
    let worst = 0;
    for (let i = 0; i < whole.length; i++) worst = Math.max(worst, Math.abs(whole[i]! - cut[i]!));
    // Only the sensor's noise goes by the tile: one level up or down in each.
    expect(worst).toBeLessThanOrEqual(2);
  }
});

describe('stains', () => {
  const seed = 1;
  const { tumour } = createScene(resolveSyntheticOptions({ seed }));
  const area = { x: Math.floor(tumour!.x / 256) * 256, y: Math.floor(tumour!.y / 256) * 256, size: 512 };

  /** Mean optical density of the pixels between two shares of the darkest, as a direction. */
  function direction(pixels: Uint8ClampedArray, from: number, to: number): number[] {
    const order = Array.from({ length: pixels.length / 3 }, (_, i) => i);
    order.sort((a, b) => pixels[3 * a]! - pixels[3 * b]!);
    const sum = [0, 0, 0];
    for (const i of order.slice(order.length * from, order.length * to)) {
      for (let c = 0; c < 3; c++) sum[c]! += Math.log(244 / (pixels[3 * i + c]! + 0.5));
    }
    return sum;
  }

  function angle(a: readonly number[], b: readonly number[]): number {
    const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    return (Math.acos(dot / (Math.hypot(...a) * Math.hypot(...b))) * 180) / Math.PI;
  }

  test.each([
    { haematoxylin: [0.65, 0.7, 0.29], eosin: [0.2159, 0.8012, 0.5581] },
    { haematoxylin: [0.5626, 0.7201, 0.4062], eosin: [0.07, 0.99, 0.11] },
  ] as const)('nuclei have the direction of haematoxylin, $haematoxylin', (stains) => {
    const dark = direction(draw({ seed, ...stains }, area), 0, 0.1);
    // Nuclei keep a quarter unit of eosin beside about 1.7 of haematoxylin: some 4 degrees off.
    expect(angle(dark, stains.haematoxylin)).toBeLessThan(7);
    expect(angle(dark, stains.eosin)).toBeGreaterThan(18);
  });

  test('no haematoxylin: everything has the direction of eosin, and the light is exp(-amount)', () => {
    const eosin = [0.2159, 0.8012, 0.5581] as const;
    const once = draw({ seed, haematoxylinStrength: 0, eosin }, area);
    const twice = draw({ seed, haematoxylinStrength: 0, eosinStrength: 2, eosin }, area);
    expect(angle(direction(once, 0, 0.3), eosin)).toBeLessThan(2);
    let [one, two] = [0, 0];
    for (let i = 1; i < once.length; i += 3) {
      one += Math.log(243 / (once[i]! + 0.5));
      two += Math.log(243 / (twice[i]! + 0.5));
    }
    expect(two / one).toBeCloseTo(2, 1);
  });
});

describe('truth', () => {
  const options = { width: 6144, height: 4608, seed: 4, tissueShare: 0.3 } as const;

  test('has every class, and the share that was asked', () => {
    const truth = renderSyntheticTruth(options, 16);
    expect([truth.width, truth.height]).toEqual([384, 288]);
    const counts = Object.values(SYNTHETIC_CLASSES).map((value) => truth.classes.filter((c) => c === value).length);
    for (const count of counts) expect(count).toBeGreaterThan(20);
    const share = truth.tissue.reduce((sum, value) => sum + value, 0) / truth.tissue.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.03);
  });

  test('without fold and pen mark there is neither, and the tissue stays where it was', () => {
    const all = renderSyntheticTruth(options, 32);
    const plain = renderSyntheticTruth({ ...options, fold: false, penMark: false }, 32);
    expect(plain.classes.some((c) => c === SYNTHETIC_CLASSES.fold || c === SYNTHETIC_CLASSES.pen)).toBe(false);
    expect(plain.tissue).toEqual(all.tissue);
  });

  test('a lesion is a small tumour somewhere in the tissue, and nothing else of the slide moves', () => {
    const size = { width: 3072, height: 3072, seed: 12 } as const;
    const tumour = SYNTHETIC_CLASSES.tumour;
    const none = renderSyntheticTruth({ ...size, tumour: 'none' }, 16);
    expect(none.classes.includes(tumour)).toBe(false);
    const centres = [1, 2, 3].map((seed) => {
      const options = { ...size, seed, tumour: 240 } as const;
      const { classes, tissue, width } = renderSyntheticTruth(options, 16);
      const found = [...classes.keys()].filter((i) => classes[i] === tumour);
      const list = (of: (i: number) => number) => found.map((i) => of(i) * 16 * 0.5);
      const [xs, ys] = [list((i) => i % width), list((i) => Math.floor(i / width))];
      for (const values of [xs, ys]) {
        const reach = Math.max(...values) - Math.min(...values);
        // The outline is roughened by a third of the radius at most.
        expect(reach).toBeGreaterThan(120);
        expect(reach).toBeLessThan(340);
      }
      // At least a quarter of the disc is nests.
      expect(found.length * 64).toBeGreaterThan(0.2 * Math.PI * 120 ** 2);
      expect(found.every((i) => tissue[i] === 1)).toBe(true);
      expect(tissue).toEqual(renderSyntheticTruth({ ...size, seed }, 16).tissue);
      return [Math.min(...xs), Math.min(...ys)].join();
    });
    expect(new Set(centres).size).toBe(3);
  });

  test('pixels off the lesion are those of the slide without it', () => {
    const options = { width: 3072, height: 3072, seed: 3, penMark: false } as const;
    const { tumour } = createScene(resolveSyntheticOptions({ ...options, tumour: 200 }));
    const corner = (value: number) => Math.floor(value / 256) * 256;
    const at = { x: corner(tumour!.x), y: corner(tumour!.y), size: 256 };
    expect(draw({ ...options, tumour: 200 }, at)).not.toEqual(draw({ ...options, tumour: 'none' }, at));
    const off = { x: (at.x + 1536) % 3072, y: (at.y + 1536) % 3072, size: 512 };
    expect(draw({ ...options, tumour: 200 }, off)).toEqual(draw({ ...options, tumour: 'none' }, off));
  });

  test('a lesion without room, and tumours that are none', () => {
    const tiny = { width: 512, height: 512, tissueShare: 0.1 } as const;
    expect(() => renderSyntheticTruth({ ...tiny, tumour: 2000 }, 16)).toThrow(/expected .* room in the tissue/);
    for (const tumour of [10, Number.NaN, 'some' as never])
      expect(() => renderSyntheticTruth({ ...tiny, tumour }, 16)).toThrow(/`tumour`/);
  });

  test('glass is glass: the renderer leaves what the truth calls empty', () => {
    const resolved = resolveSyntheticOptions(options);
    const renderer = createTileRenderer(createScene(resolved), resolved);
    const truth = renderSyntheticTruth(options, 256);
    const rgb = new Uint8ClampedArray(256 * 256 * 3);
    let drawn = 0;
    for (let i = 0; i < truth.classes.length; i++) {
      const painted = renderer.render(i % truth.width, Math.floor(i / truth.width), rgb);
      if (truth.tissue[i] === 1) expect(painted).toBe(true);
      if (painted) drawn++;
    }
    expect(drawn).toBeLessThan(truth.classes.length * 0.65);
  });
});

test('levels go down by four until the longer side is below 2000', () => {
  const sizes = (width: number, height: number) => planLevels({ width, height, tileSize: 256 }).map((l) => l.width);
  expect(sizes(100_000, 90_000)).toEqual([100_000, 25_000, 6250, 1562]);
  expect(sizes(1999, 100)).toEqual([1999]);
  expect(sizes(2000, 2)).toEqual([2000]);
});
