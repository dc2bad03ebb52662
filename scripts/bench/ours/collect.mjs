// collect.mjs plain|ours SOURCE TARGET FILES BYTES: writes a tree of FILES files of BYTES each into SOURCE, then moves those of
// .svs into TARGET/out and those of .log into TARGET/out/logs. `plain` walks twice, copies and unlinks. The clock and the
// count of written bytes begin when the tree is there and on the disk.
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { collectFiles } from '../../../dist/utils/extract.js';
import { measure } from '../lib/measure.mjs';

const [arm, source, target, filesText, bytesText] = process.argv.slice(2);
const out = join(target, 'out');
const FOLDERS = 20;
const ENDS = { extensions: ['svs'], logSuffixes: ['.log'] };

writeTree(Number(filesText), Number(bytesText));
const idle = arm === 'ours' ? await measureIdle() : 0;
const before = readWritten();

await measure({
  name: `slideloom collect ${arm}`,
  unit: 'files',
  work: async () => {
    const { n, records } = arm === 'ours' ? await collect() : copyAndUnlink();
    return { n, written_bytes: readWritten() - before - records, record_bytes: records };
  },
  after: () => ({ sha256: hashTree() }),
});
for (const folder of [source, target]) rmSync(folder, { recursive: true });

async function collect() {
  const { moved, movedLogs, journal } = await collectFiles(source, { out, ...ENDS });
  return { n: moved + movedLogs, records: statSync(journal).size + idle };
}

/** What a collection of nothing writes: its lease. */
async function measureIdle() {
  const empty = join(target, 'empty');
  mkdirSync(empty);
  const start = readWritten();
  await collectFiles(empty, { out, ...ENDS });
  return readWritten() - start;
}

function copyAndUnlink() {
  let n = 0;
  for (const [end, folder] of [
    ['.svs', out],
    ['.log', join(out, 'logs')],
  ]) {
    mkdirSync(folder, { recursive: true });
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(end)) continue;
      const from = join(entry.parentPath, entry.name);
      copyFileSync(from, join(folder, entry.name));
      unlinkSync(from);
      n += 1;
    }
  }
  return { n, records: 0 };
}

/** Bytes that this process gave to write(2) and its like so far. */
function readWritten() {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
}

/** One file in fifteen is a log; each begins with its own number. */
function writeTree(count, bytes) {
  const content = Buffer.alloc(bytes, 'slideloom');
  for (let i = 0; i < count; i += 1) {
    const folder = join(source, `batch${i % FOLDERS}`, 'scans');
    mkdirSync(folder, { recursive: true });
    content.writeUInt32LE(i);
    const file = openSync(join(folder, `${i}${i % 15 === 0 ? '.log' : '.svs'}`), 'wx');
    writeSync(file, content);
    fsyncSync(file);
    closeSync(file);
  }
}

/** Names and contents of what lies in the target, journals left out. */
function hashTree() {
  const hash = createHash('sha256');
  const entries = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('.jsonl'));
  for (const path of paths.sort()) hash.update(relative(out, path)).update(readFileSync(path));
  if (readdirSync(source, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile()))
    hash.update('left');
  return hash.digest('hex');
}
