import type { Example } from '../../train/data/example.ts';

/** A picture to be classified. Its `label` is no answer: what the table says stands in `answer`. */
export interface PictureRow extends Example {
  /** Its path; in a shard that of the tar file, a slash, and the entry's name. */
  readonly name: string;
  /** Values of the table's columns. */
  readonly cells: readonly string[];
  /** What the table calls it; undefined where it says nothing. */
  readonly answer: string | undefined;
}

/** Pictures with what is known of them. */
export interface PictureTable {
  /** Names of the columns that predictions keep. */
  readonly columns: readonly string[];
  readonly rows: readonly PictureRow[];
  /** Fingerprint of tables and of folders' listings. */
  readonly hash: string;
  /** Bytes of the tables. */
  readonly size: number;
}
