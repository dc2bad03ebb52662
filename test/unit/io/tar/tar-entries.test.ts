import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTarEntries } from '../../../../src/io/tar/tar-entries.ts';
import { createTarWriter } from '../../../../src/io/tar/tar-writer.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { useScratch } from '../../utils/fixtures/scratch.ts';

const scratch = useScratch();

const FILES = [0, 1, 511, 512, 513, 3_000_000, 70].map((size, i) => ({
  name: `${'long/'.repeat(i * 10)}file-${i}.bin`,
  content: createNoise(size, i + 1),
}));

async function writeOneByOne(path: string): Promise<void> {
  await using tar = await createTarWriter(path);
  for (const { name, content } of FILES) await tar.add(name, content);
  await tar.finish();
}

describe('entries of a tar in memory', () => {
  it('give the file that is written entry by entry, however they are divided, in room that was used before', async () => {
    const folder = scratch();
    await writeOneByOne(join(folder, 'one.tar'));
    const expected = readFileSync(join(folder, 'one.tar'));
    for (const perPiece of [1, 3, FILES.length]) {
      const path = join(folder, `by-${perPiece}.tar`);
      await using tar = await createTarWriter(path);
      const entries = createTarEntries();
      for (const [place, { name, content }] of FILES.entries()) {
        entries.add(name, content);
        if ((place + 1) % perPiece !== 0 && place + 1 < FILES.length) continue;
        const piece = entries.take();
        await tar.addEntries(piece);
        // What padding must not show.
        piece.fill(0xaa);
        entries.supply(piece.buffer as ArrayBuffer);
      }
      await tar.finish();
      expect(readFileSync(path).equals(expected), `${perPiece} in a piece`).toBe(true);
    }
  });

  it('are whole blocks, or are refused', async () => {
    await using tar = await createTarWriter(join(scratch(), 'x.tar'));
    await expect(tar.addEntries(new Uint8Array(100))).rejects.toThrow(RangeError);
  });

  it('take no room while something lies in theirs', () => {
    const entries = createTarEntries();
    entries.add('a', createNoise(100, 1));
    entries.supply(new ArrayBuffer(5_000_000));
    entries.add('b', createNoise(100, 2));
    expect(entries.length).toBe(2048);
    expect(entries.take().buffer.byteLength).toBeLessThan(5_000_000);
    expect(entries.length).toBe(0);
  });
});
