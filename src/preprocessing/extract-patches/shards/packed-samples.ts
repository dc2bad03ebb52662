import { createTarEntries } from '../../../io/tar/tar-entries.ts';
import { createSampleFiles, type ShardSample } from './sample.ts';

/** Samples as they lie in a shard, one behind the other. */
export interface PackedSamples {
  /** Entries of a tar file, from the beginning of the buffer on. */
  readonly bytes: Uint8Array;
  /** For each patch where the entries of its sample end; those of one that was left out end where the one before ends. */
  readonly ends: Float64Array;
}

/** Packs samples into one buffer: a worker's run of them crosses threads, and goes to the disk, in one piece. */
export interface SamplePacker {
  /** The sample's bytes are copied. @throws OptionError for an extension that breaks the rule of one key */
  add(sample: Omit<ShardSample, 'position'>): void;
  /** A patch that was left out. */
  skip(): void;
  /** Room to use before new one is made. */
  supply(room: ArrayBuffer): void;
  /** What was packed since the last call; the buffer is the caller's. */
  take(): PackedSamples;
}

export function createSamplePacker(): SamplePacker {
  const entries = createTarEntries();
  let ends: number[] = [];
  return {
    add(sample) {
      for (const { name, content } of createSampleFiles(sample)) entries.add(name, content);
      ends.push(entries.length);
    },
    skip() {
      ends.push(entries.length);
    },
    supply: entries.supply,
    take() {
      const packed = { bytes: entries.take(), ends: new Float64Array(ends) };
      ends = [];
      return packed;
    },
  };
}
