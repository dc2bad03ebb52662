import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { z } from 'zod';
import type { Raster } from '../../src/io/raster.ts';
import { ROOT, skipLoudly } from './shared-data.ts';

/** Debian's interpreter, not the first of the path: python3-openslide belongs to it. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(ROOT, 'test/support/openslide_oracle.py');

const opened = z.object({
  properties: z.record(z.string(), z.string()),
  dimensions: z.array(z.tuple([z.number(), z.number()])),
  downsamples: z.array(z.number()),
  associated: z.array(z.string()),
});
const answered = z.looseObject({ bytes: z.number(), error: z.string().optional() });
const picture = z.object({ width: z.number(), height: z.number() });

/** Level-0 `x`, `y`; `width` and `height` in pixels of `level`: the same shape as our `Region`. */
export interface OracleRegion {
  readonly x: number;
  readonly y: number;
  readonly level: number;
  readonly width: number;
  readonly height: number;
}

export interface OracleSlide {
  readonly vendor: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly levels: readonly { readonly width: number; readonly height: number; readonly downsample: number }[];
  readonly associatedImages: readonly string[];
  /** RGB on white. Reads may be asked for all at once; they are answered in order. */
  readRegion(region: OracleRegion): Promise<Raster>;
  readAssociated(name: string): Promise<Raster>;
  close(): Promise<void>;
}

export interface Oracle extends AsyncDisposable {
  /** Of the C library. */
  readonly version: string;
  /** @throws with OpenSlide's own words where it refuses the slide. */
  open(path: string): Promise<OracleSlide>;
  close(): Promise<void>;
}

/** Starts OpenSlide in a child process; `undefined` where Python has no openslide. Whoever gets it closes it. */
export async function openSlideOracle(): Promise<Oracle | undefined> {
  const version = getOpenSlideVersion();
  return version === undefined ? undefined : createOracle(version, connect());
}

/** A suite that compares with OpenSlide; skipped loudly where it is missing, failed in CI. */
export function describeWithOpenSlide(name: string, factory: (getOracle: () => Oracle) => void): void {
  if (getOpenSlideVersion() === undefined) {
    skipLoudly(name, 'python3-openslide and python3-numpy');
    return;
  }
  describe(name, () => {
    let oracle: Oracle | undefined;
    beforeAll(async () => {
      oracle = await openSlideOracle();
    });
    afterAll(() => oracle?.close());
    factory(() => {
      if (oracle === undefined) throw new Error('the oracle lives inside tests and hooks only');
      return oracle;
    });
  });
}

let knownVersion: { version: string | undefined } | undefined;

function getOpenSlideVersion(): string | undefined {
  if (knownVersion === undefined) {
    const asked = spawnSync(PYTHON, [SCRIPT, '--version'], { encoding: 'utf8' });
    knownVersion = { version: asked.status === 0 ? asked.stdout.trim() : undefined };
  }
  return knownVersion.version;
}

interface Reply {
  readonly header: Record<string, unknown>;
  readonly data: Uint8Array;
}

interface Connection {
  send(request: Record<string, unknown>): Promise<Reply>;
  end(): Promise<void>;
}

function createOracle(version: string, connection: Connection): Oracle {
  let count = 0;
  return {
    version,
    async open(path) {
      const id = count++;
      const { header } = await connection.send({ do: 'open', id, path });
      return createSlide(connection, id, opened.parse(header));
    },
    close: () => connection.end(),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}

function createSlide(connection: Connection, id: number, facts: z.infer<typeof opened>): OracleSlide {
  const levels = facts.dimensions.map(([width, height], level) => ({
    width,
    height,
    downsample: facts.downsamples[level] ?? Number.NaN,
  }));
  return {
    vendor: facts.properties['openslide.vendor'] ?? '',
    properties: facts.properties,
    levels,
    associatedImages: facts.associated,
    readRegion: async (region) => toRaster(await connection.send({ do: 'region', id, ...region })),
    readAssociated: async (name) => toRaster(await connection.send({ do: 'associated', id, name })),
    close: async () => {
      await connection.send({ do: 'close', id });
    },
  };
}

function toRaster({ header, data }: Reply): Raster {
  return { ...picture.parse(header), channels: 3, data };
}

function connect(): Connection {
  const child = spawn(PYTHON, ['-u', SCRIPT], { stdio: 'pipe' });
  const waiting: Waiter[] = [];
  let complaints = '';
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      ended = true;
      for (const one of waiting.splice(0)) one.reject(new Error(`the oracle ended with ${code}: ${complaints}`));
      resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // a dead child is reported by 'close'
  readReplies(child, (reply) => settle(waiting.shift(), reply));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error(`the oracle has ended: ${complaints}`));
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    end: () => {
      child.stdin.end();
      return exited;
    },
  };
}

interface Waiter {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

function settle(one: Waiter | undefined, reply: Reply): void {
  const error = reply.header['error'];
  if (error === undefined) one?.resolve(reply);
  else one?.reject(new Error(String(error)));
}

/** Cuts the child's output into replies: uint32 length, JSON header, `bytes` bytes of pixels. */
function readReplies(child: ChildProcessWithoutNullStreams, onReply: (reply: Reply) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 4;
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= needed) {
      const all = chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks);
      chunks = [all];
      const headerEnd = 4 + all.readUInt32LE(0);
      needed = Math.max(needed, headerEnd);
      if (held < needed) break;
      const header = answered.parse(JSON.parse(all.toString('utf8', 4, headerEnd)));
      needed = headerEnd + header.bytes;
      if (held < needed) break;
      const rest = all.subarray(needed);
      onReply({ header, data: Uint8Array.from(all.subarray(headerEnd, needed)) });
      chunks = [rest];
      held = rest.length;
      needed = 4;
    }
  });
}
