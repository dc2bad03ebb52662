import { throwIfAborted } from '../../utils/abort.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import { type ExportFault, findFault } from './export-fault.ts';
import { countFiles, type ExportPart, type FileGroup } from './export-part.ts';
import { AnswerError, type InsideServer, openInsideServer } from './inside-server.ts';
import { listParts } from './list-parts.ts';
import { type ExportConfig, type ExportSettings, resolveExport } from './options.ts';
import { readContents } from './read-contents.ts';

/** What the files of a slide would come to; nothing is written. */
export interface ExportEstimate {
  readonly id: string;
  readonly files: number;
  /** Of the files; what they take on a disk is more, as each ends in a block of its own. */
  readonly bytes: number;
  readonly seconds: number;
  readonly error?: ExportFault;
}

/** Files that are made to learn size and time, spread evenly: of the first group, and of each of the others. */
const SAMPLES = { first: 64, others: 12 } as const;
/** Made before, as threads open the slide at their first tile and code is compiled: these are not timed. */
const WARM = 16;
/** Levels of fewer tiles are taken to be a quarter of the one before. */
const FEW = 100;
/** Seconds to write a file. */
const WRITE_SECONDS = 0.0003;

/**
 * Makes a few tiles of each level in memory, and says what all would come to. A slide that would fail says so.
 * @throws OptionError, SourceError, AbortedError
 */
export async function estimateExport(
  config: ExportConfig & { readonly onSlide?: (done: number, total: number) => void },
): Promise<ExportEstimate[]> {
  const settings = resolveExport(config);
  await using server = await openInsideServer(config);
  const estimates: ExportEstimate[] = [];
  for (const id of server.slides) {
    throwIfAborted(config.signal);
    estimates.push(await estimateSlide(id, { server, settings }));
    config.onSlide?.(estimates.length, server.slides.length);
  }
  return estimates;
}

async function estimateSlide(
  id: string,
  { server, settings }: { server: InsideServer; settings: ExportSettings },
): Promise<ExportEstimate> {
  try {
    const parts = listParts(await readContents(id, { server, settings }), settings);
    let [files, bytes, seconds] = [0, 0, 0];
    for (const part of parts) {
      const cost = await estimatePart(part, server);
      files += countFiles(part);
      bytes += cost.bytes;
      seconds += cost.seconds;
    }
    return { id, files, bytes: Math.round(bytes), seconds };
  } catch (error) {
    const fault = findFault(error);
    if (!fault) throw error;
    return { id, files: 0, bytes: 0, seconds: 0, error: fault };
  }
}

interface Cost {
  readonly bytes: number;
  readonly seconds: number;
}

async function estimatePart({ groups, halving }: ExportPart, server: InsideServer): Promise<Cost> {
  let [bytes, seconds] = [0, 0];
  let each: Cost | undefined;
  let before = 0;
  for (const group of groups) {
    if (group.count === 0) continue;
    const small = halving && group.count < FEW;
    const known = small ? each : undefined;
    each = known ?? (await sampleGroup(group, { server, most: each ? SAMPLES.others : SAMPLES.first }));
    before = known ? before / 4 : each.bytes * group.count;
    bytes += before;
    seconds += (each.seconds + WRITE_SECONDS) * group.count;
  }
  return { bytes, seconds };
}

/** Means of a file; one that can't be read counts as none. */
async function sampleGroup(
  { count, getPath }: FileGroup,
  { server, most }: { server: InsideServer; most: number },
): Promise<Cost> {
  const ahead = 2 * server.size;
  const read = async (index: number) => {
    const content = await server.ask(getPath(index)).catch((error: unknown) => {
      if (!(error instanceof AnswerError)) throw error;
    });
    return content?.byteLength ?? 0;
  };
  const every = Math.max(1, Math.floor(count / most));
  const samples = Array.from({ length: Math.min(count, most) }, (_, index) => index * every);
  if (every > 1 && most === SAMPLES.first) for (let index = 0; index < WARM; index++) await read(index * every + 1);
  const clock = performance.now();
  let bytes = 0;
  for await (const { result } of readAhead(samples, ahead, read)) bytes += result;
  const seconds = (performance.now() - clock) / 1000;
  return { bytes: bytes / samples.length, seconds: seconds / samples.length };
}
