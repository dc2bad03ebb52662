import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DISK_OPERATIONS } from '../../src/utils/extract/file-operations.ts';
import { COLLISION_POLICIES } from '../../src/utils/extract/options.ts';
import { collectFiles, undoCollect } from '../../src/utils/extract.ts';
import { crossDevices, killAfter, listContents, readTree, writeTree } from '../support/collect-trees.ts';

const folderName = fc.constantFrom('a', 'b', 'A', 'deep', 'x.svs', 'näme', 'line\nbreak', ' ');
const fileName = fc.constantFrom(
  '1.svs',
  '1.SVS',
  '2.ome.tif',
  '2.tif',
  'run.log',
  'RUN.LOG',
  'other.txt',
  '.svs',
  '“q” \\.svs',
);
const path = fc
  .tuple(fc.array(folderName, { maxLength: 3 }), fileName)
  .map(([folders, name]) => [...folders.map((one) => `d${one}`), name].join('/'));
/** Few contents, so that equal files are common. */
const tree = fc.dictionary(path, fc.constantFrom('', 'x', 'y', 'content', 'CONTENT'), { maxKeys: 12 });
const options = fc.record({
  extensions: fc.constantFrom(['svs'], ['tif'], ['svs', 'ome.tif'], ['txt', 'log']),
  logSuffixes: fc.constantFrom([], ['.log'], ['un.log']),
  onCollision: fc.constantFrom(...COLLISION_POLICIES),
  removeEmpty: fc.boolean(),
});

it('of any tree, killed anywhere or not, loses nothing, and the undo gives the same tree', async () => {
  const property = async (...args: [Record<string, string>, Record<string, string>, object, boolean, number]) => {
    const [files, earlier, chosen, across, killedAt] = args;
    const place = mkdtempSync(join(tmpdir(), 'slideloom-collect-'));
    try {
      const [source, out] = [join(place, 'in'), join(place, 'out')];
      mkdirSync(source);
      writeTree(source, files);
      writeTree(out, earlier);
      const before = readTree(place);
      const contents = listContents(place);
      const createBase = () => (across ? crossDevices() : DISK_OPERATIONS);
      const settings = { out, ...(chosen as { extensions: string[] }) };
      const killed = { ...settings, files: killAfter(killedAt, createBase()) };
      await collectFiles(source, killed).catch(() => {});
      // An empty file may hold the name of the next.
      const left = listContents(place);
      expect([...contents].filter((one) => !left.has(one))).toEqual([]);
      const { failed } = await collectFiles(source, { ...settings, files: createBase() });
      expect(failed).toBe(0);
      expect(listContents(place)).toEqual(contents);
      const again = await collectFiles(source, settings);
      expect(again).toMatchObject({ moved: 0, movedLogs: 0, failed: 0 });
      const journal = join(out, 'collect-journal.jsonl');
      if (existsSync(journal))
        expect(await undoCollect(journal, { files: createBase() })).toMatchObject({ complete: true });
      const after = readTree(place);
      expect(after).toEqual(before);
    } finally {
      rmSync(place, { recursive: true });
    }
  };
  const kill = fc.nat({ max: 60 });
  const earlier = fc.dictionary(fileName, fc.constantFrom('x', 'earlier'), { maxKeys: 3 });
  await fc.assert(fc.asyncProperty(tree, earlier, options, fc.boolean(), kill, property), { numRuns: 60 });
}, 120_000);
