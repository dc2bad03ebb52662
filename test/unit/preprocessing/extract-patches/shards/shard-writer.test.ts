import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PackedPlace } from '../../../../../src/preprocessing/extract-patches/patch-ledger.ts';
import { createSamplePacker } from '../../../../../src/preprocessing/extract-patches/shards/packed-samples.ts';
import { createSampleKey, type ShardSample } from '../../../../../src/preprocessing/extract-patches/shards/sample.ts';
import {
  createShardWriter,
  type FinishedShard,
  type ShardWriterOptions,
  writeShards,
} from '../../../../../src/preprocessing/extract-patches/shards/shard-writer.ts';
import { sha256 } from '../../../../../src/utils/hash.ts';
import { reorder } from '../../../../../src/utils/reorder.ts';
import { skipLoudly } from '../../../../support/shared-data.ts';
import { createNoise } from '../../../../support/tiny-tiff.ts';
import { hasPython, listWithTar } from '../../../io/tar/tar-support.ts';
import { describeWithMounts, mountTmpfs, useScratch } from '../../../utils/fixtures/scratch.ts';

const scratch = useScratch();

function createSample(index: number, bytes = 2000 + ((index * 997) % 3000)): ShardSample {
  const content = createNoise(bytes, index + 1);
  const place = { slide: 'CMU-1.svs', x: index * 512, y: 1024, level: undefined, mpp: 0.5, size: 512 };
  const description = { ...place, tissueFraction: 0.75, badTiles: index % 2, sha256: sha256(content) };
  return { index, position: index, extension: '.png', bytes: content, description };
}

/** Plan indices with the gaps that left-out patches make. */
const PLAN = Array.from({ length: 40 }, (_, i) => i).filter((i) => i % 7 !== 3);

async function* createStream(indices: readonly number[], from = 0) {
  for (const index of indices) if (index >= from) yield createSample(index);
}

function write(folder: string, options: Partial<ShardWriterOptions> = {}) {
  return writeShards(createStream(PLAN), { folder, shardSize: 10, ...options });
}

function listNames(path: string): string[] {
  return listWithTar(path).map((line) => line.slice(line.lastIndexOf(' ') + 1));
}

function hashFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.tar'));
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}

describe('shards', () => {
  it('hold samples in plan order, two files each with one key, and say what is in them', async () => {
    const folder = scratch();
    const shards = await write(folder);
    expect(shards.map(({ path }) => path)).toEqual([0, 1, 2, 3].map((i) => `shard-00000${i}.tar`));
    expect(shards.map(({ samples, firstPosition, lastPosition }) => [samples, firstPosition, lastPosition])).toEqual([
      [10, 0, 11],
      [10, 12, 22],
      [10, 23, 34],
      [4, 35, 39],
    ]);
    const names = shards.flatMap(({ path }) => listNames(join(folder, path)));
    expect(names).toEqual(PLAN.flatMap((i) => [`${createSampleKey(i)}.png`, `${createSampleKey(i)}.json`]));
    for (const { path, size, sha256: hash } of shards) {
      expect(statSync(join(folder, path)).size).toBe(size);
      expect(sha256(readFileSync(join(folder, path)))).toBe(hash);
    }
  });

  it('describe a sample in JSON, the unknown as null', async () => {
    const folder = scratch();
    await write(folder);
    const json = execFileSync('tar', ['-xOf', join(folder, 'shard-000001.tar'), '000000012.json'], {
      encoding: 'utf8',
    });
    expect(json).toBe(
      `{"slide":"CMU-1.svs","x":6144,"y":1024,"level":null,"mpp":0.5,"size":512,"tissueFraction":0.75,"badTiles":0,"sha256":"${createSample(12).description.sha256}"}\n`,
    );
    const image = execFileSync('tar', ['-xOf', join(folder, 'shard-000001.tar'), '000000012.png']);
    expect(sha256(image)).toBe(createSample(12).description.sha256);
  });

  it('end before the sample that would carry them over their bytes; a larger one is alone', async () => {
    const folder = scratch();
    const sizes = [9000, 9000, 9000, 50_000, 9000, 100];
    async function* stream() {
      for (const [index, size] of sizes.entries()) yield createSample(index, size);
    }
    const shards = await writeShards(stream(), { folder, shardBytes: 24_000 });
    expect(shards.map(({ samples }) => samples)).toEqual([2, 1, 1, 2]);
    for (const { size, samples } of shards) expect(size <= 24_000 || samples === 1).toBe(true);
    // The limit is of the file: exactly full is not over it.
    const [first] = shards;
    const again = await writeShards(stream(), { folder: scratch(), shardBytes: first?.size });
    expect(again[0]?.samples).toBe(2);
    const less = await writeShards(stream(), { folder: scratch(), shardBytes: (first?.size ?? 0) - 1 });
    expect(less[0]?.samples).toBe(1);
  });

  it('are the same from runs of any length, packed beforehand, with the places that single samples have', async () => {
    const places: PackedPlace[] = [];
    const whole = scratch();
    {
      await using writer = await createShardWriter({ folder: whole, shardSize: 10 });
      for (const index of PLAN) places.push(await writer.add(createSample(index)));
      await writer.finish();
    }
    for (const length of [1, 7, 40]) {
      const folder = scratch();
      const found: PackedPlace[] = [];
      await using writer = await createShardWriter({ folder, shardSize: 10 });
      for (let first = 0; first < 40; first += length) {
        const packer = createSamplePacker();
        for (let index = first; index < Math.min(40, first + length); index++)
          if (PLAN.includes(index)) packer.add(createSample(index));
          else packer.skip();
        await writer.addPacked(packer.take(), first, (_number, place) => found.push(place));
      }
      const shards = await writer.finish();
      expect(shards.map(({ firstPosition, lastPosition }) => [firstPosition, lastPosition])).toEqual([
        [0, 11],
        [12, 22],
        [23, 34],
        [35, 39],
      ]);
      expect(hashFiles(folder)).toEqual(hashFiles(whole));
      expect(found).toEqual(places);
      for (const [i, { shard, offset }] of found.entries()) {
        const { bytes } = createSample(PLAN[i] ?? -1);
        const file = readFileSync(join(folder, `shard-00000${shard}.tar`));
        expect(file.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
      }
    }
  });

  it('are none for no samples', async () => {
    const folder = scratch();
    expect(await writeShards(createStream([]), { folder })).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuse samples out of order and names that break the rule of one key', async () => {
    await using writer = await createShardWriter({ folder: scratch() });
    await writer.add(createSample(5));
    const option = (name: string) => expect.objectContaining({ tag: 'option', option: name });
    await expect(writer.add(createSample(5))).rejects.toThrow(option('position'));
    await expect(writer.add({ ...createSample(6), extension: '.json' })).rejects.toThrow(option('extension'));
    await expect(writer.add({ ...createSample(6), extension: 'png' })).rejects.toThrow(option('extension'));
    await expect(createShardWriter({ folder: scratch(), shardSize: 0 })).rejects.toThrow(option('shardSize'));
  });
});

describe('an interrupted run', () => {
  /** Stops after `count` samples; the ledger has the shards that were finished until then. */
  async function interrupt(folder: string, count: number): Promise<FinishedShard[]> {
    const ledger: FinishedShard[] = [];
    await using writer = await createShardWriter({
      folder,
      shardSize: 10,
      onShard: (shard) => void ledger.push(shard),
    });
    for (const index of PLAN.slice(0, count)) await writer.add(createSample(index));
    return ledger;
  }

  it('keeps finished shards, leaves nothing of the one under way, and is resumed to the same bytes', async () => {
    const [folder, whole] = [scratch(), scratch()];
    const expected = await write(whole);
    const ledger = await interrupt(folder, 27);
    expect(ledger).toHaveLength(2);
    expect(readdirSync(folder).sort()).toEqual(['.slideloom-tmp', 'shard-000000.tar', 'shard-000001.tar']);
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
    for (const { path } of ledger) utimesSync(join(folder, path), 1000, 1000);
    const made: number[] = [];
    await using writer = await createShardWriter({ folder, shardSize: 10, finished: ledger });
    expect(writer.nextPosition).toBe(23);
    for await (const sample of createStream(PLAN, writer.nextPosition)) {
      made.push(sample.index);
      await writer.add(sample);
    }
    expect(await writer.finish()).toEqual(expected);
    expect(made[0]).toBe(23);
    expect(hashFiles(folder)).toEqual(hashFiles(whole));
    for (const { path } of ledger) expect(statSync(join(folder, path)).mtimeMs).toBe(1_000_000);
  });

  it('does again what is missing or cut short, and what follows it', async () => {
    const whole = hashFiles((await writeTo(scratch())).folder);
    for (const spoil of [
      (folder: string) => rmSync(join(folder, 'shard-000001.tar')),
      (folder: string) => truncateSync(join(folder, 'shard-000001.tar'), 512),
    ]) {
      const { folder, shards } = await writeTo(scratch());
      spoil(folder);
      await using writer = await createShardWriter({ folder, shardSize: 10, finished: shards });
      expect(writer.nextPosition).toBe(12);
      for await (const sample of createStream(PLAN, 12)) await writer.add(sample);
      expect(await writer.finish()).toEqual(shards);
      expect(hashFiles(folder)).toEqual(whole);
    }
  });

  it('with all shards finished writes nothing', async () => {
    const { folder, shards } = await writeTo(scratch());
    expect(await write(folder, { finished: shards })).toEqual(shards);
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
  });

  async function writeTo(folder: string) {
    return { folder, shards: await write(folder) };
  }
});

describe('many workers', () => {
  /** A pool that ends its jobs in an order of its own: job i takes a time that its number decides. */
  function createFakePool(workers: number) {
    return {
      async run(
        jobs: AsyncIterable<{ index: number }>,
        { onResult }: { onResult(r: ShardSample, j: { index: number }): void },
      ) {
        const iterator = jobs[Symbol.asyncIterator]();
        const lane = async () => {
          for (;;) {
            const next = await iterator.next();
            if (next.done) return;
            await new Promise((resolve) => setTimeout(resolve, (next.value.index * 7919) % 5));
            onResult(createSample(next.value.index), next.value);
          }
        };
        await Promise.all(Array.from({ length: workers }, lane));
      },
    };
  }

  async function* takeSamples(results: AsyncIterable<{ result: ShardSample }>) {
    for await (const { result } of results) yield result;
  }

  it('make the same shards as one', async () => {
    const folders = [1, 2, 4].map((workers) => ({ workers, folder: scratch() }));
    for (const { workers, folder } of folders) {
      const jobs = PLAN.map((index) => ({ index }));
      const results = reorder(createFakePool(workers), jobs, { window: 2 * workers });
      await writeShards(takeSamples(results), {
        folder,
        shardSize: 10,
      });
    }
    const [one, two, four] = folders.map(({ folder }) => hashFiles(folder));
    expect(Object.keys(one ?? {})).toHaveLength(4);
    expect(two).toEqual(one);
    expect(four).toEqual(one);
  });
});

if (!hasPython()) skipLoudly("WebDataset's rule in Python", 'python3 with tarfile');
else
  describe("WebDataset's rule in Python", () => {
    it('holds: grouped by what stands before the first dot, neighbours make one sample with a picture and its JSON', async () => {
      const folder = scratch();
      await write(folder);
      // As webdataset groups: a new sample begins where the key changes, and a key may not come back.
      const script = `import hashlib, json, re, sys, tarfile
out = []
for path in sys.argv[1:]:
    seen = set()
    # 'r|' reads as a pipe does, front to back.
    for member in (tar := tarfile.open(path, 'r|')):
        key, suffix = re.match(r'^((?:.*/|)[^.]+)[.]([^/]*)$', member.name).groups()
        if not out or out[-1]['key'] != key:
            assert key not in seen, key
            out.append(dict(key=key))
        seen.add(key)
        assert suffix not in out[-1], member.name
        data = tar.extractfile(member).read()
        out[-1][suffix] = json.loads(data) if suffix == 'json' else hashlib.sha256(data).hexdigest()
print(json.dumps(out))`;
      const paths = readdirSync(folder)
        .filter((name) => name.endsWith('.tar'))
        .sort()
        .map((name) => join(folder, name));
      const read = JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, ...paths], { encoding: 'utf8' })) as {
        key: string;
        png: string;
        json: Record<string, unknown>;
      }[];
      expect(read.map(({ key }) => key)).toEqual(PLAN.map(createSampleKey));
      for (const [i, { png, json }] of read.entries()) {
        const { description } = createSample(PLAN[i] ?? -1);
        expect(png).toBe(description.sha256);
        expect(json).toEqual({ ...description, level: null });
      }
    });
  });

describeWithMounts('a full disk', () => {
  it('is an OutputError; finished shards stay and can be resumed from, nothing temporary is left', async () => {
    const folder = scratch();
    const unmount = mountTmpfs(folder, 'size=100k');
    try {
      const ledger: FinishedShard[] = [];
      const onShard = (shard: FinishedShard) => void ledger.push(shard);
      const error = await write(folder, { onShard }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ tag: 'output', path: join(folder, 'shard-000001.tar') });
      expect(ledger).toHaveLength(1);
      expect(existsSync(join(folder, 'shard-000000.tar'))).toBe(true);
      expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
    } finally {
      unmount?.();
    }
  });
});
