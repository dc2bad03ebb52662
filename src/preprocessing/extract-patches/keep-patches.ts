import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { canonicalJson } from '../../utils/canonical-json.ts';
import { parseCsv } from '../../utils/csv.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import { readJournal } from '../../utils/journal.ts';
import { type BadTile, type RunRecord, readRecord } from '../../utils/run-record.ts';
import { VERSION } from '../../utils/version.ts';
import type { PatchOutcome } from './patch-job.ts';
import { LEDGER_NAME, openPatchLedger } from './patch-ledger.ts';
import type { PatchStage } from './patch-stage.ts';
import { readPatchTable } from './patch-table.ts';

/** Patch files that an earlier run has written as this one would: all but the labels is the same. */
export interface KeptPatches {
  readonly badTiles: readonly BadTile[];
  /** That run was done, and its tables say what was written; else its ledger does. */
  readonly done: boolean;
}

/** Tables of a done run; as `PATCH_OUTPUTS` names them. */
const TABLE = 'patches.csv';
const SKIPPED = 'skipped.csv';
/** Rows that become entries in one write. */
const BATCH = 4096;

/** Undefined where nothing is to be kept: another run's files lie there, or none, or the labels are in shards. */
export async function findKeptPatches({
  folder,
  write,
  input,
  recordOptions,
}: PatchStage): Promise<KeptPatches | undefined> {
  if (write.container !== 'files' || write.format === 'coordinates') return undefined;
  const found = await readRecord(folder);
  if (found.kind !== 'record') return undefined;
  const { record } = found;
  const same =
    record.stage === 'patches' &&
    record.slideloom === VERSION &&
    canonicalJson(record.input) === canonicalJson(JSON.parse(JSON.stringify(input))) &&
    canonicalJson(withoutLabels(record.options)) === canonicalJson(withoutLabels(recordOptions));
  if (!same || canonicalJson(record.options) === canonicalJson(toJson(recordOptions))) return undefined;
  return { badTiles: await listBadTiles(folder, record), done: record.status === 'done' };
}

function withoutLabels(options: RunRecord['options']): Record<string, unknown> {
  const { labels: _, ...others } = toJson(options);
  return others;
}

function toJson(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(canonicalJson(options)) as Record<string, unknown>;
}

/** Each once: the journal of a run that was killed may say again what the record before it says. */
async function listBadTiles(folder: string, { badTiles }: RunRecord): Promise<readonly BadTile[]> {
  const { items } = await readJournal(folder);
  const all = [...badTiles, ...items.flatMap((item) => (item['badTile'] as BadTile | undefined) ?? [])];
  return [...new Map(all.map((tile) => [`${tile.level}/${tile.col}/${tile.row}`, tile])).values()];
}

/**
 * Makes the ledger say what the earlier run's tables say: its patches then count as finished where their files are sound.
 * @returns false where the tables can't be read, and nothing is kept
 */
export async function rebuildLedger({ folder }: PatchStage, { done }: KeptPatches): Promise<boolean> {
  if (!done) return true;
  await rm(join(folder, LEDGER_NAME), { force: true });
  using ledger = openPatchLedger(folder);
  let batch: PatchOutcome[] = [];
  try {
    for await (const entry of listOutcomes(folder)) {
      batch.push(entry);
      if (batch.length < BATCH) continue;
      ledger.write(batch);
      batch = [];
    }
  } catch (error) {
    if (isSlideloomError(error, 'source')) return false;
    throw error;
  }
  ledger.write(batch);
  return true;
}

async function* listOutcomes(folder: string): AsyncGenerator<PatchOutcome> {
  for await (const { index, badTiles, bytes, sha256, stain } of readPatchTable(join(folder, TABLE)))
    if (bytes !== undefined && sha256 !== undefined) yield { index, state: 'written', badTiles, bytes, sha256, stain };
  const input = createReadStream(join(folder, SKIPPED), 'utf8');
  // It is there only where patches were left out.
  const opened = await new Promise<boolean>((resolve) => {
    input.once('open', () => resolve(true));
    input.once('error', () => resolve(false));
  });
  if (!opened) return;
  for await (const line of createInterface({ input })) {
    const [index, , , badTiles] = (parseCsv(line, SKIPPED)[0] ?? []).map(Number);
    if (index === undefined || badTiles === undefined || !Number.isInteger(index)) continue;
    yield { index, state: 'skipped', badTiles, bytes: 0, sha256: '' };
  }
}
