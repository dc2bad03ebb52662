import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FeatureSpool } from '../../../src/inference/embed/feature-spool.ts';
import { OutputError } from '../../../src/utils/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-spool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a spool of features', () => {
  it('gives rows back in the order of the plan, without those that never came', () => {
    using spool = new FeatureSpool(join(folder, 'a'), 4, 2);
    spool.write([3, 0], Float32Array.of(7, 8, 1, 2));
    const rows: number[] = [];
    for (const block of spool.readBlocks()) rows.push(...block);
    expect(rows).toEqual([1, 2, 7, 8]);
  });

  it('takes nothing once it is closed: its number may be that of another file', () => {
    const spool = new FeatureSpool(join(folder, 'b'), 4, 2);
    spool[Symbol.dispose]();
    const other = openSync(join(folder, 'other'), 'w+');
    expect(() => spool.write([0], Float32Array.of(1, 2))).toThrow(OutputError);
    closeSync(other);
    expect(readFileSync(join(folder, 'other')).length).toBe(0);
  });
});
