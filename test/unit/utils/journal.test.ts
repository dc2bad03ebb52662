import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JOURNAL_NAME, openJournal, readJournal, removeJournal } from '../../../src/utils/journal.ts';
import { describeWithMounts, mountTmpfs, useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();
const item = (index: number) => ({ index, path: `patches/${index}.png`, size: index, sha256: 'ab', x: index * 256 });

test("items and announcements come back, the stage's own members too", async () => {
  const folder = scratch();
  {
    using journal = openJournal(folder);
    journal.announce(['patches/0.png', 'patches/1.png']);
    journal.append([item(0), item(1)]);
    journal.append([]);
    journal.append([{ index: 2, badTiles: [{ level: 0, col: 1, row: 2 }] }]);
  }
  expect(await readJournal(folder)).toEqual({
    items: [item(0), item(1), { index: 2, badTiles: [{ level: 0, col: 1, row: 2 }] }],
    announced: ['patches/0.png', 'patches/1.png'],
    soundBytes: statSync(join(folder, JOURNAL_NAME)).size,
  });
  await removeJournal(folder);
  await removeJournal(folder);
  expect(readdirSync(folder)).toEqual([]);
  expect(await readJournal(folder)).toEqual({ items: [], announced: [], soundBytes: 0 });
});

test('torn at every byte of the last line: the lines before it are kept, and the next append is sound', async () => {
  const folder = scratch();
  const path = join(folder, JOURNAL_NAME);
  const whole = `${JSON.stringify(item(0))}\n`;
  const last = `${JSON.stringify(item(1))}\n`;
  for (let cut = 0; cut < last.length; cut++) {
    writeFileSync(path, whole + last.slice(0, cut));
    const { items, soundBytes } = await readJournal(folder);
    expect(items).toEqual([item(0)]);
    using journal = openJournal(folder, soundBytes);
    journal.append([item(7)]);
    expect((await readJournal(folder)).items).toEqual([item(0), item(7)]);
  }
});

test('lines that make no sense, or lead out of the folder, are left out', async () => {
  const folder = scratch();
  const path = join(folder, JOURNAL_NAME);
  for (const out of ['../x', '/etc/passwd', 'a/../../x', 'C:\\x', 'a//b', '.'])
    appendFileSync(path, `${JSON.stringify({ ...item(1), path: out })}\n${JSON.stringify({ announced: [out] })}\n`);
  appendFileSync(path, '\0\0\0\n{"index":-1}\n[]\n"x"\n');
  appendFileSync(path, `${JSON.stringify(item(3))}\n`);
  expect(await readJournal(folder)).toMatchObject({ items: [item(3)], announced: [] });
});

describeWithMounts('a journal on a full disk', () => {
  test('the batch that did not fit is cut off again, with an OutputError', async () => {
    const folder = scratch();
    const unmount = mountTmpfs(folder, 'size=16k');
    try {
      using journal = openJournal(folder);
      journal.append([item(0)]);
      const big = { ...item(1), note: 'x'.repeat(40_000) };
      expect(() => journal.append([item(1), big])).toThrow('the disk is full');
      expect(readFileSync(join(folder, JOURNAL_NAME), 'utf8')).toBe(`${JSON.stringify(item(0))}\n`);
      journal.append([item(2)]);
      expect((await readJournal(folder)).items).toEqual([item(0), item(2)]);
    } finally {
      unmount?.();
    }
  });
});
