// tile-load.mjs WORK FOLDER: starts the server of WORK ({command, closing, warm, paths, times}), asks it for every path, and prints the result line; the
// first tiles are kept in FOLDER.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askForTiles } from '../lib/tile-load.mjs';
import { startTileServer } from '../lib/tile-server.mjs';

/** For comparing sides. */
const KEPT = 16;

const [file, folder] = process.argv.slice(2);
const { command, closing, warm, paths, times } = JSON.parse(readFileSync(file, 'utf8'));
const server = await startTileServer(command);
try {
  for (const [index, path] of paths.slice(0, KEPT).entries()) {
    const answer = await fetch(server.url + path);
    writeFileSync(join(folder, `${index}.jpg`), Buffer.from(await answer.arrayBuffer()));
  }
  await askForTiles(server.url, warm, { closing });
  const before = server.getUsage();
  const { wall_s, ...latency } = await askForTiles(server.url, paths, { times, closing });
  const after = server.getUsage();
  const [n, cpu_s] = [paths.length * times, after.cpu_s - before.cpu_s];
  const { peak_mb } = after;
  const line = { name: 'tile-load', n, unit: 'tiles', wall_s, cpu_s, peak_mb, ...latency, versions: server.versions };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} finally {
  await server.stop();
}
