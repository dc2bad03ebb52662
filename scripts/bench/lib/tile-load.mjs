// Requests for tiles over so many connections, each of which asks for the next tile as soon as it has one.
import { Agent, get } from 'node:http';
import autocannon from 'autocannon';
import { BenchError } from './alternate.mjs';

/** Six a browser: some ten people at once. */
export const CONNECTIONS = 64;

/**
 * Asks for every path `times` times.
 * @param settings `closing`: the server closes each connection after its answer, as Flask's does; autocannon would lose every second
 * request to that, so a plain client asks it
 * @returns wall seconds, and the milliseconds that 50 and 99 of 100 answers took at most
 * @throws BenchError where an answer is no tile
 */
export async function askForTiles(url, paths, { times = 1, closing = false } = {}) {
  if (paths.length % CONNECTIONS !== 0) throw new BenchError(`${paths.length} tiles are no multiple of ${CONNECTIONS}`);
  const started = performance.now();
  const { came, ended, ...latency } = await (closing ? askPlainly : askByAutocannon)(url, paths, times);
  if (came === paths.length * times) return { wall_s: (ended - started) / 1e3, ...latency };
  throw new BenchError(`of ${paths.length * times} tiles ${came} came`);
}

async function askByAutocannon(url, paths, times) {
  let connection = 0;
  const share = paths.length / CONNECTIONS;
  let ended = 0;
  const setupClient = (client) => {
    const from = share * connection++;
    client.setRequests(paths.slice(from, from + share).map((path) => ({ path })));
  };
  const settings = { url, connections: CONNECTIONS, amount: paths.length * times, setupClient };
  const result = await new Promise((resolve, reject) => {
    const instance = autocannon(settings, (error, found) => (error ? reject(error) : resolve(found)));
    // It looks only once a second whether all have come.
    instance.on('response', () => {
      ended = performance.now();
    });
  });
  return { came: result['2xx'], ended, p50_ms: result.latency.p50, p99_ms: result.latency.p99 };
}

async function askPlainly(url, paths, times) {
  const agent = new Agent({ maxSockets: CONNECTIONS });
  const took = [];
  let next = 0;
  const ask = async () => {
    while (next < paths.length * times) took.push(await timeAnswer(`${url}${paths[next++ % paths.length]}`, agent));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  const ended = performance.now();
  const sorted = took.filter((one) => one !== undefined).sort((a, b) => a - b);
  const quantile = (share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1]);
  return { came: sorted.length, ended, p50_ms: quantile(0.5), p99_ms: quantile(0.99) };
}

/** @returns milliseconds; undefined for an answer that is no tile */
function timeAnswer(address, agent) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get(address, { agent }, (answer) => {
      answer.resume().once('error', reject);
      answer.once('end', () => resolve(answer.statusCode === 200 ? performance.now() - started : undefined));
    }).once('error', reject);
  });
}
