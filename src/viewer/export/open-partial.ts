import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openJournal, readJournal } from '../../utils/journal.ts';
import { toOutputError } from '../../utils/output-error.ts';
import type { ExportPart } from './export-part.ts';
import type { ExportedTile } from './export-record.ts';
import type { Measure } from './measure-part.ts';

/** Files of a part that were made together. */
export interface FileBatch extends Measure {
  readonly badTiles: readonly ExportedTile[];
}

/** The part that is being made, and how far it is. Whoever opens it closes it; it stays where it is not removed. */
export interface PartialPart extends Disposable {
  /** Where its file or its files go. */
  readonly content: string;
  /** Batches that an earlier run made, by number. */
  readonly finished: ReadonlyMap<number, FileBatch>;
  /** @throws OutputError */
  note(index: number, batch: FileBatch): void;
}

/** In the export's folder: what it holds is renamed into place. */
const FOLDER = '.slideloom-partial';
const IDENTITY = 'part.json';

const batchSchema = z.object({
  index: z.int().nonnegative(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  badTiles: z.array(z.object({ level: z.int(), col: z.int(), row: z.int() })),
});

/** Goes on where an earlier run was stopped at the same part; what it left of another one is removed. @throws OutputError */
export async function openPartial(out: string, { path, key }: ExportPart): Promise<PartialPart> {
  const folder = join(out, FOLDER);
  const identity = JSON.stringify({ path, key });
  const same = (await readFile(join(folder, IDENTITY), 'utf8').catch(() => '')) === identity;
  try {
    if (!same) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, IDENTITY), identity);
    }
  } catch (cause) {
    throw toOutputError(folder, cause);
  }
  const { items, soundBytes } = await readJournal(folder);
  const batches = items.flatMap((item) => batchSchema.safeParse(item).data ?? []);
  const journal = openJournal(folder, soundBytes);
  return {
    content: join(folder, 'content'),
    finished: new Map(batches.map(({ index, ...batch }) => [index, batch])),
    note: (index, batch) => journal.append([{ index, ...batch }]),
    [Symbol.dispose]: () => journal.close(),
  };
}

/** @throws OutputError */
export async function removePartial(out: string): Promise<void> {
  const folder = join(out, FOLDER);
  await rm(folder, { recursive: true, force: true }).catch((cause: unknown) => {
    throw toOutputError(folder, cause);
  });
}
