import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSrgbConverter } from '../../src/io/icc/convert-to-srgb.ts';
import { loadSrgbTable } from '../../src/io/icc/srgb-table.ts';
import { applyColorTable } from '../../src/io/kernels/apply-color-table.ts';
import { ROOT, skipLoudly } from '../support/shared-data.ts';
import { createMatrixProfile, createTableProfile } from '../support/tiny-icc.ts';
import { createNoise } from '../support/tiny-tiff.ts';
import { hasPythonOracle } from './jpeg-decode-support.ts';

const COLOURS = 200_000;
const PERCEPTUAL = 0;
const RELATIVE = 1;

/** Half of them anywhere, half as stained tissue has them: near pink and white. */
function createColours(): Uint8Array {
  const colours = createNoise(COLOURS * 3);
  for (let at = COLOURS * 3 * 0.5; at < colours.length; at += 3)
    colours.set([170 + (colours[at]! >> 2), 100 + (colours[at + 1]! >> 1), 150 + (colours[at + 2]! >> 2)], at);
  return colours;
}

function suite(): void {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-icc-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function askPillow(profile: Uint8Array, colours: Uint8Array, intent: number): Uint8Array {
    const [profileAt, pixelsAt, out] = ['profile.icc', 'pixels.raw', 'out.raw'].map((name) => join(folder, name));
    writeFileSync(profileAt!, profile);
    writeFileSync(pixelsAt!, colours);
    const script = join(ROOT, 'test/golden/icc_oracle.py');
    const { status, stderr } = spawnSync('/usr/bin/python3', [script, profileAt!, pixelsAt!, out!, String(intent)]);
    if (status !== 0) throw new Error(String(stderr));
    return readFileSync(out!);
  }

  function compare(ours: Uint8Array, theirs: Uint8Array) {
    let largest = 0;
    let sum = 0;
    for (const [i, value] of ours.entries()) {
      const difference = Math.abs(value - theirs[i]!);
      largest = Math.max(largest, difference);
      sum += difference;
    }
    return { largest, mean: sum / ours.length };
  }

  // Both ask lcms2. libvips has its own sRGB profile, whose numbers are rounded otherwise than those of lcms.
  it.each<[string, () => Uint8Array, number]>([
    ['matrix and curves, gamma 2.2', () => createMatrixProfile(), 1],
    ['matrix and curves, gamma 1.8', () => createMatrixProfile({ gamma: 1.8 }), 1],
    ['matrix and no curves', () => createMatrixProfile({ gamma: 1 }), 1],
    ['a table of 9 levels', () => createTableProfile(), 1],
    ['a table of 33 levels', () => createTableProfile({ grid: 33 }), 1],
  ])('gives the colours of Pillow, perceptual intent, within 1 level: %s', async (_name, create, tolerance) => {
    const profile = create();
    const colours = createColours();
    const expected = askPillow(profile, colours, PERCEPTUAL);
    const converter = await openSrgbConverter(profile, 'a.svs');
    const converted = await converter.convert(colours);
    const { largest, mean } = compare(converted, expected);
    expect(largest).toBeLessThanOrEqual(tolerance);
    expect(mean).toBeLessThan(0.02);
    // It does something to be compared.
    expect(compare(converted, colours).mean).toBeGreaterThan(1);
    // The table is the converter's word for every colour.
    const table = await loadSrgbTable(converter, profile);
    applyColorTable(colours, { start: 0, pitch: 0, width: COLOURS, height: 1 }, table);
    expect(Buffer.compare(colours, converted)).toBe(0);
  });

  it('takes the table of the perceptual intent, where a profile has others too', async () => {
    const profile = createTableProfile();
    const colours = createColours();
    const converted = await (await openSrgbConverter(profile, 'a.svs')).convert(colours);
    expect(compare(converted, askPillow(profile, colours, RELATIVE)).mean).toBeGreaterThan(10);
  });
}

if (hasPythonOracle) describe('ICC profiles', suite);
else skipLoudly('ICC profiles', 'python3-pil');
