import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TAR_BLOCK } from '../../../io/tar/tar-header.ts';
import { createTarWriter, TAR_END_BYTES, type TarWriter } from '../../../io/tar/tar-writer.ts';
import { OptionError } from '../../../utils/errors.ts';
import type { PackedPlace } from '../patch-ledger.ts';
import { checkShardOptions, type ShardLimits, type ShardOptions } from './options.ts';
import { createSamplePacker, type PackedSamples } from './packed-samples.ts';
import type { ShardSample } from './sample.ts';

/** A shard that stands under its name. */
export interface FinishedShard {
  /** Below the folder: `shard-000000.tar`. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly samples: number;
  /** Places of its first and its last sample in the order of the samples. */
  readonly firstPosition: number;
  readonly lastPosition: number;
}

export interface ShardWriterOptions extends ShardOptions {
  readonly folder: string;
  /**
   * Shards of an earlier run with the same options, from the first on, as its ledger has them. Those that still lie in
   * the folder with their size are kept; from the first that does not, all are written again.
   */
  readonly finished?: readonly FinishedShard[] | undefined;
  /** Called before a shard is begun, with its path below the folder. */
  readonly onBegin?: ((path: string) => void) | undefined;
  /** Called when a shard is in place, before the next sample is taken: the place to note it in a ledger. */
  readonly onShard?: ((shard: FinishedShard) => void | Promise<void>) | undefined;
}

/**
 * Writes samples in the order they come to tar shards. Where a shard ends depends on the samples alone, so that the same
 * samples give the same files whatever the number of workers. A shard is whole or absent. Memory: what the caller holds, and
 * a buffer of 256 KiB.
 */
export interface ShardWriter extends AsyncDisposable {
  /** The position that follows the kept shards: samples before it are in them already. */
  readonly nextPosition: number;
  /**
   * When it resolves, the bytes may be used for something else. @returns where the encoded patch lies
   * @throws OptionError where positions do not rise; OutputError
   */
  add(sample: ShardSample): Promise<PackedPlace>;
  /**
   * Adds samples of consecutive positions, those of patches that were left out included, of which the first is `position`;
   * bytes as for `add`. `onPlace` is told where each lies, with its number in the run, before the shard that has it ends.
   */
  addPacked(samples: PackedSamples, position: number, onPlace: OnPlace): Promise<void>;
  /** Ends the last shard. All shards in their order, kept ones included. @throws OutputError */
  finish(): Promise<readonly FinishedShard[]>;
}

export type OnPlace = (number: number, place: PackedPlace) => void;

/** Disposed before `finish`, it removes the shard that is under way; shards in place stay. @throws OptionError */
export async function createShardWriter(options: ShardWriterOptions): Promise<ShardWriter> {
  const limits = checkShardOptions(options);
  const kept = await findKept(options.folder, options.finished ?? []);
  return new TarShardWriter(options, limits, kept);
}

/** Writes a whole stream, which begins at or before the kept shards' end: what lies in them already is passed over. */
export async function writeShards(
  samples: AsyncIterable<ShardSample>,
  options: ShardWriterOptions,
): Promise<readonly FinishedShard[]> {
  await using writer = await createShardWriter(options);
  const first = writer.nextPosition;
  for await (const sample of samples) if (sample.position >= first) await writer.add(sample);
  return await writer.finish();
}

/** `shard-000123.tar` */
export function createShardName(number: number): string {
  return `shard-${String(number).padStart(6, '0')}.tar`;
}

class TarShardWriter implements ShardWriter {
  readonly #options: ShardWriterOptions;
  readonly #limits: ShardLimits;
  readonly #shards: FinishedShard[];
  readonly #packer = createSamplePacker();
  #current: { tar: TarWriter; path: string; samples: number; firstPosition: number } | undefined;
  #nextPosition: number;

  constructor(options: ShardWriterOptions, limits: ShardLimits, kept: readonly FinishedShard[]) {
    this.#options = options;
    this.#limits = limits;
    this.#shards = [...kept];
    this.#nextPosition = getEnd(kept);
  }

  get nextPosition(): number {
    return this.#nextPosition;
  }

  async add(sample: ShardSample): Promise<PackedPlace> {
    let found = { shard: 0, offset: 0 };
    this.#checkPosition(sample.position);
    this.#packer.add(sample);
    const packed = this.#packer.take();
    await this.addPacked(packed, sample.position, (_, place) => (found = place));
    this.#packer.supply(packed.bytes.buffer as ArrayBuffer);
    return found;
  }

  async addPacked({ bytes, ends }: PackedSamples, position: number, onPlace: OnPlace): Promise<void> {
    this.#checkPosition(position);
    /** From here to `at`: samples of the current shard that are not written yet. */
    let start = 0;
    let at = 0;
    for (let number = 0; number < ends.length; number++) {
      const end = ends[number] ?? at;
      if (end === at) continue;
      if (this.#isFull(end - start)) {
        await this.#current?.tar.addEntries(bytes.subarray(start, at));
        await this.#endShard();
        start = at;
      }
      const shard = this.#current ?? (await this.#beginShard(position + number));
      // Names of samples are short: a header is one block.
      onPlace(number, { shard: this.#shards.length, offset: shard.tar.bytes + (at - start) + TAR_BLOCK });
      shard.samples++;
      this.#nextPosition = position + number + 1;
      at = end;
    }
    if (at > start) await this.#current?.tar.addEntries(bytes.subarray(start, at));
  }

  async finish(): Promise<readonly FinishedShard[]> {
    await this.#endShard();
    return this.#shards;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.tar[Symbol.asyncDispose]();
    this.#current = undefined;
  }

  #checkPosition(position: number): void {
    if (position < this.#nextPosition) throw new OptionError('position', `at least ${this.#nextPosition}`, position);
  }

  #isFull(bytes: number): boolean {
    if (!this.#current) return false;
    const { samples, tar } = this.#current;
    return samples >= this.#limits.shardSize || tar.bytes + bytes + TAR_END_BYTES > this.#limits.shardBytes;
  }

  async #beginShard(firstPosition: number) {
    const path = createShardName(this.#shards.length);
    this.#options.onBegin?.(path);
    const tar = await createTarWriter(join(this.#options.folder, path));
    this.#current = { tar, path, samples: 0, firstPosition };
    return this.#current;
  }

  async #endShard(): Promise<void> {
    if (!this.#current) return;
    const { tar, path, samples, firstPosition } = this.#current;
    const { bytes: size, sha256 } = await tar.finish();
    this.#current = undefined;
    const shard = { path, size, sha256, samples, firstPosition, lastPosition: this.#nextPosition - 1 };
    this.#shards.push(shard);
    await this.#options.onShard?.(shard);
  }
}

/** The position that follows these shards. */
function getEnd(shards: readonly FinishedShard[]): number {
  return (shards[shards.length - 1]?.lastPosition ?? -1) + 1;
}

async function findKept(folder: string, finished: readonly FinishedShard[]): Promise<FinishedShard[]> {
  const kept: FinishedShard[] = [];
  for (const shard of finished) {
    const follows = shard.path === createShardName(kept.length) && shard.firstPosition >= getEnd(kept);
    const size = await stat(join(folder, shard.path)).then(
      (found) => found.size,
      () => -1,
    );
    if (!follows || size !== shard.size) break;
    kept.push(shard);
  }
  return kept;
}
