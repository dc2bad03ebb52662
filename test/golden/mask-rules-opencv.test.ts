import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { paintWhole } from '../../src/preprocessing/xml-to-mask/paint-whole.ts';
import { createMaskRasterizer } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { ROOT, skipLoudly } from '../support/shared-data.ts';
import { hasPythonOracle } from './jpeg-decode-support.ts';

interface Case {
  readonly width: number;
  readonly height: number;
  /** x0, y0, x1, y1 ... of each ring, whole numbers. */
  readonly rings: readonly number[][];
}

function askOpenCv(cases: readonly Case[]): Uint8Array[] {
  const input = cases.map((one) => JSON.stringify(one)).join('\n');
  const script = join(ROOT, 'test/golden/mask_rules_oracle.py');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script], { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  let at = 0;
  return cases.map(({ width, height }) => {
    at += width * height;
    return new Uint8Array(stdout.subarray(at - width * height, at));
  });
}

/** The whole mask by the kernels, and by the rasteriser. */
function paint({ width, height, rings: [exterior = [], ...holes] }: Case): { whole: Uint8Array; plain: Uint8Array } {
  const polygon = { exterior: Float64Array.from(exterior), holes: holes.map((ring) => Float64Array.from(ring)) };
  const grid = { width, height, downsample: { x: 1, y: 1 } };
  const shapes = [{ polygon, label: 1 }];
  const target = new Uint8Array(width * height);
  const label = createMaskRasterizer(shapes, grid, { rule: 'cv2' }).rasterize({ x: 0, y: 0, width, height }, target);
  const plain = label === undefined ? target : target.fill(label);
  return { whole: paintWhole(shapes, grid, { rule: 'cv2' }), plain };
}

// Coordinates from `low` to `high` on both axes. Beyond the mask's border OpenCV cuts the lines that it draws along edges.
const KINDS = [
  { name: 'inside the mask', low: 0, high: 39, count: 1500, most: 12 },
  { name: 'across its border', low: -30, high: 70, count: 1500, most: 9 },
  { name: 'far outside', low: -4000, high: 4000, count: 400, most: 9 },
  { name: 'from near to very far', low: -2000, high: 2 ** 30, count: 400, most: 6, near: 0.6 },
  { name: 'of many vertices', low: 0, high: 39, count: 40, most: 400 },
  { name: 'in one corner', low: 0, high: 3, count: 300, most: 6 },
];

function drawCases({ low, high, count, most, near = 0 }: (typeof KINDS)[number]): Case[] {
  const random = createSeededRandom(`${low} ${most}`);
  const whole = (from: number, to: number): number => random.integer(from, to);
  const coordinate = (): number => (random.uniform() < near ? whole(0, 39) : whole(low, high));
  return Array.from({ length: count }, () => ({
    width: whole(30, 50),
    height: whole(30, 50),
    rings: Array.from({ length: whole(1, 3) }, () => Array.from({ length: whole(1, most) * 2 }, coordinate)),
  }));
}

function suite(): void {
  /** Of each kind; OpenCV is asked once, as Python takes a second to load it. */
  const asked = new Map<string, { cases: Case[]; wanted: Uint8Array[] }>();
  beforeAll(() => {
    const cases = KINDS.map(drawCases);
    const masks = askOpenCv(cases.flat());
    for (const [k, { name }] of KINDS.entries())
      asked.set(name, { cases: cases[k]!, wanted: masks.splice(0, cases[k]!.length) });
  });

  it.each(KINDS)('random rings $name', ({ name }) => {
    const { cases, wanted } = asked.get(name)!;
    const wrong = cases.filter((one, i) => {
      const { whole, plain } = paint(one);
      return Buffer.compare(whole, wanted[i]!) !== 0 || Buffer.compare(plain, wanted[i]!) !== 0;
    });
    expect(wrong).toEqual([]);
    expect(wanted.some((mask) => mask.includes(1))).toBe(true);
  });

  it('a ring that is off by a pixel shows', () => {
    const one = { width: 20, height: 20, rings: [[2, 2, 15, 4, 9, 16]] };
    const [wanted] = askOpenCv([{ ...one, rings: [[2, 2, 15, 4, 9, 17]] }]);
    const { whole, plain } = paint(one);
    for (const mask of [whole, plain]) expect(Buffer.compare(mask, wanted!)).not.toBe(0);
  });
}

// OpenCV 4.6. Later versions cut also the filled edges at the border, and differ there.
if (hasPythonOracle) describe('rule cv2 against OpenCV', suite);
else skipLoudly('rule cv2 against OpenCV', 'python3-numpy and python3-opencv');
