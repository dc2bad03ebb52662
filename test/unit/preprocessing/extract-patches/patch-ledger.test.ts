import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEDGER_NAME, openPatchLedger } from '../../../../src/preprocessing/extract-patches/patch-ledger.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-ledger-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = 'ab'.repeat(32);
const written = (index: number) => ({ index, state: 'written' as const, badTiles: 2, bytes: 1000 + index, sha256 });

it('gives back what was written, at any index, also after it was opened anew', () => {
  {
    using ledger = openPatchLedger(folder);
    ledger.write([
      written(7),
      written(3),
      written(8),
      { index: 5, state: 'skipped', badTiles: 1, bytes: 0, sha256: '' },
    ]);
  }
  using ledger = openPatchLedger(folder);
  const { index: _3, ...third } = written(3);
  const { index: _8, ...eighth } = written(8);
  expect(ledger.read(3, 3)).toEqual([third, undefined, { state: 'skipped', badTiles: 1, bytes: 0, sha256: '' }]);
  expect(ledger.read(8, 4)).toEqual([eighth, undefined, undefined, undefined]);
  expect(ledger.read(1_000_000, 1)).toEqual([undefined]);
});

it('knows where in a shard a patch lies', () => {
  const packed = { shard: 70_000, offset: 5 * 2 ** 30 + 512 };
  {
    using ledger = openPatchLedger(folder);
    ledger.write([{ ...written(20), packed }, written(21)]);
  }
  using ledger = openPatchLedger(folder);
  expect(ledger.read(20, 2)).toEqual([
    { state: 'written', badTiles: 2, bytes: 1020, sha256, packed },
    { state: 'written', badTiles: 2, bytes: 1021, sha256 },
  ]);
});

it('takes an entry that was torn for one that was never written', () => {
  const path = join(folder, LEDGER_NAME);
  for (const torn of [1, 17, 39, 47]) {
    {
      using whole = openPatchLedger(folder);
      whole.write([written(8)]);
    }
    truncateSync(path, 8 * 48 + torn);
    using ledger = openPatchLedger(folder);
    expect(ledger.read(7, 1)).toMatchObject([{ state: 'written', bytes: 1007 }]);
    expect(ledger.read(8, 1)).toEqual([undefined]);
  }
  // What stands behind it is read as it is.
  appendFileSync(path, Buffer.alloc(49));
  using ledger = openPatchLedger(folder);
  ledger.write([written(8)]);
  expect(ledger.read(8, 1)[0]).toMatchObject({ bytes: 1008, sha256 });
});
