// Whether the server's memory grows with requests, and whether requests that are given up leave anything behind.
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { row } from '../lib/rows.mjs';
import { getSlide } from '../lib/slides.mjs';
import { askForTiles, CONNECTIONS } from '../lib/tile-load.mjs';
import { startTileServer } from '../lib/tile-server.mjs';
import { openTileWork } from '../lib/tile-work.mjs';
import { ourServer } from './serve.mjs';

/** So small that it is full long before the first figure. */
const CACHE = { cacheBytes: 16 * 2 ** 20 };
const GROWTH = 1.1;
const ROUNDS = 10;

export const ENDURANCE_CASES = { memory: measureMemory, aborted: measureAborted };

/** Tiles as stored, and one in 16 averaged; far more of them than are kept. */
async function measureMemory(ctx) {
  const slide = await getSlide(ctx, 'ycbcr');
  const work = await openTileWork(ctx.root, slide);
  const amount = ctx.quick ? 10 * CONNECTIONS : 150 * CONNECTIONS;
  const { paths: stored } = work.list(0, amount, 0);
  const { paths: averaged } = work.list(1, Math.floor(amount / 16), 0);
  const paths = [
    ...stored,
    ...averaged,
    ...stored.slice(0, CONNECTIONS - (averaged.length % CONNECTIONS || CONNECTIONS)),
  ];
  const shuffled = paths.map((_, index) => paths[(index * 7919) % paths.length]);
  const server = await startTileServer(ourServer(ctx, slide, CACHE));
  const seen = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await askForTiles(server.url, shuffled);
      seen.push(server.getUsage());
      ctx.log(`  ${(round + 1) * shuffled.length} requests: ${seen.at(-1).rss_mb} MB, at most ${seen.at(-1).peak_mb}`);
    }
  } finally {
    await server.stop();
  }
  const [first, end] = [seen[0], seen.at(-1)];
  const detail = `after ${ROUNDS * shuffled.length} requests to that after ${shuffled.length}; now and then ${seen.map(({ rss_mb }) => rss_mb).join(', ')} MB`;
  return [
    row('serve.memory.peak', end.peak_mb, {
      unit: 'MB',
      detail: `VmHWM, ${CACHE.cacheBytes / 2 ** 20} MiB of tiles kept`,
    }),
    row('serve.memory.growth', end.peak_mb / first.peak_mb, {
      unit: 'x',
      ...(!ctx.quick && { atMost: GROWTH }),
      detail,
    }),
  ];
}

/** Averaged tiles, each given up between its request and its answer; then nothing of them may be left. */
async function measureAborted(ctx) {
  const slide = await getSlide(ctx, 'ycbcr');
  const work = await openTileWork(ctx.root, slide);
  const amount = ctx.quick ? 10 * CONNECTIONS : 10_000;
  const { paths, warm } = work.list(1, Math.min(amount, 40 * CONNECTIONS), 4 * CONNECTIONS);
  const server = await startTileServer(ourServer(ctx, slide, CACHE), { channel: true });
  try {
    await askForTiles(server.url, warm);
    const before = await settle(server);
    const usage = server.getUsage();
    const counts = { gone: 0, answered: 0 };
    let next = 0;
    const give = async () => {
      while (next < amount) {
        const index = next++;
        const url = `${server.url}${paths[index % paths.length]}?once=${index}`;
        counts[await askAndLeave(url, index)] += 1;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, give));
    const after = await settle(server, before);
    const grown = server.getUsage().rss_mb - usage.rss_mb;
    const answer = await fetch(server.url + warm[0]);
    const detail = `${counts.gone} of ${amount} given up, ${counts.answered} answered before`;
    const left = (name) =>
      row(`serve.aborted.${name}`, after[name] - before[name], {
        unit: name,
        atMost: 0,
        detail: `more than before; ${detail}`,
      });
    return [
      ...['running', 'waiting', 'handles', 'files', 'sockets'].map(left),
      row('serve.aborted.memory', grown, { unit: 'MB', detail: 'VmRSS after to before' }),
      row('serve.aborted.alive', answer.status === 200 ? 1 : 0, {
        unit: 'answer',
        atLeast: 1,
        detail: 'a tile asked for at the end',
      }),
    ];
  } finally {
    await server.stop();
  }
}

/** Goes away after 0 to 60 ms, whatever has come by then. */
function askAndLeave(url, index) {
  return new Promise((resolve) => {
    const one = request(url, { agent: false }, (answer) => {
      answer.resume().on('end', () => resolve('answered'));
      answer.on('error', () => resolve('gone'));
    });
    one.on('error', () => resolve('gone')).end();
    setTimeout(() => one.destroy(), (index * 7) % 61);
  });
}

/**
 * What the server holds once it is idle, and holds no more than `wanted`: at most 20 s later, as sockets close a while after their clients
 * have gone.
 */
async function settle(server, wanted) {
  let last = await server.ask();
  for (let tries = 0; tries < 200; tries += 1) {
    await wait(100);
    const now = await server.ask();
    const steady = tries > 10 && now.running + now.waiting === 0 && JSON.stringify(now) === JSON.stringify(last);
    if (steady && Object.keys(now).every((name) => now[name] <= (wanted?.[name] ?? Infinity))) return now;
    last = now;
  }
  return last;
}
