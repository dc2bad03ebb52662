import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { type HidePaths, hideInJson } from '../hide-paths.ts';
import { countFiles, type ExportPart } from './export-part.ts';
import { type ExportedTile, getSlideFolder, type PartRecord, readParts, writeParts } from './export-record.ts';
import type { InsideServer } from './inside-server.ts';
import { describePyramid } from './limit-levels.ts';
import { listParts } from './list-parts.ts';
import { measurePlace } from './measure-part.ts';
import type { ExportSettings } from './options.ts';
import { removePlace } from './prepare-place.ts';
import { readContents, type SlideContents } from './read-contents.ts';
import { dropRepeated, isComplete, writePart } from './write-part.ts';

export interface SlideExportRun {
  readonly server: InsideServer;
  readonly settings: ExportSettings;
  readonly hide: HidePaths;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface ExportedSlide {
  /** `done`: all parts were in place. */
  readonly state: 'fresh' | 'done';
  readonly files: number;
  readonly bytes: number;
  readonly badTiles: readonly ExportedTile[];
  readonly notices: readonly string[];
}

/**
 * Brings a slide's files up to date: parts of an earlier export stay where nothing that they depend on has changed. What the page asks
 * for first comes last.
 * @throws AnswerError, MissingMppError, OptionError for what is the slide's; OutputError, AbortedError
 */
export async function exportSlide(id: string, run: SlideExportRun): Promise<ExportedSlide> {
  const { out } = run.settings;
  const contents = await readContents(id, run);
  const parts = listParts(contents, run.settings);
  const earlier = await readParts(out, id);
  const kept: PartRecord[] = [];
  for (const record of earlier) if (await isInPlace(record, parts, run.settings)) kept.push(record);
  // Pictures of labels that are not wanted any more go before anything else.
  for (const { path } of earlier) if (!kept.some((record) => record.path === path)) await removePlace(out, path);
  const all = kept.length === parts.length ? kept : await makeParts(parts, kept, { ...run, id });
  await writeTexts(contents, run);
  const badTiles = dropRepeated(all.flatMap((record) => record.badTiles));
  const sum = (key: 'files' | 'bytes') => all.reduce((total, record) => total + record[key], 0);
  const state = kept.length === parts.length ? 'done' : 'fresh';
  return { state, files: sum('files'), bytes: sum('bytes'), badTiles, notices: contents.notices };
}

async function isInPlace(
  record: PartRecord,
  parts: readonly ExportPart[],
  { out, onBadTile }: ExportSettings,
): Promise<boolean> {
  if (!isComplete(record, onBadTile)) return false;
  if (!parts.some(({ path, key }) => path === record.path && key === record.key)) return false;
  const found = await measurePlace(join(out, record.path));
  return found.files === record.files && found.bytes === record.bytes;
}

async function makeParts(
  parts: readonly ExportPart[],
  kept: readonly PartRecord[],
  { id, settings, server, hide, signal, onProgress }: SlideExportRun & { id: string },
): Promise<PartRecord[]> {
  const { out, onBadTile } = settings;
  const total = parts.reduce((sum, part) => sum + countFiles(part), 0);
  const read = async (path: string) => {
    const bytes = await server.ask(path);
    return path.endsWith('.json') ? hideInText(bytes, hide) : bytes;
  };
  const all: PartRecord[] = [];
  let done = 0;
  const onFiles = (count: number) => {
    done += count;
    onProgress(done, total);
  };
  // Where it stays the same until the next part is whole, it names no part that is being replaced.
  await writeParts(out, id, kept);
  for (const part of parts) {
    const record = kept.find(({ path }) => path === part.path);
    if (record) onFiles(countFiles(part));
    all.push(record ?? (await writePart(part, { out, read, ahead: 2 * server.size + 2, onBadTile, signal, onFiles })));
    const later = kept.filter(({ path }) => !all.some((one) => one.path === path));
    await writeParts(out, id, [...all, ...later]);
  }
  return all;
}

/** What says what there is. */
async function writeTexts({ facts, layers }: SlideContents, { settings, hide }: SlideExportRun): Promise<void> {
  const folder = join(settings.out, getSlideFolder(facts.id));
  const descriptor = describePyramid(facts);
  if (descriptor === undefined) await removePlace(settings.out, `${getSlideFolder(facts.id)}.dzi`);
  else await writeFileAtomic(`${folder}.dzi`, descriptor);
  await writeFileAtomic(join(folder, 'layers.json'), JSON.stringify(hideInJson(layers, hide)));
  await writeFileAtomic(join(folder, 'facts.json'), JSON.stringify(hideInJson(facts, hide)));
}

function hideInText(bytes: Uint8Array, hide: HidePaths): Uint8Array {
  return Buffer.from(JSON.stringify(hideInJson(JSON.parse(Buffer.from(bytes).toString('utf8')), hide)));
}
