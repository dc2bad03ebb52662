import { describeIccProfile } from '../io/icc/describe-profile.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import { checkAssociatedImages } from './validate-slide/check-associated.ts';
import { checkFacts } from './validate-slide/check-facts.ts';
import { type CheckPool, createCheckPool } from './validate-slide/check-pool.ts';
import { checkTiles } from './validate-slide/check-tiles.ts';
import { chooseTiles, type LevelTiles } from './validate-slide/choose-tiles.ts';
import { compareLevels } from './validate-slide/compare-levels.ts';
import {
  type CheckedValidateOptions,
  checkValidateOptions,
  VALIDATE_DEFAULTS,
  type ValidateOptions,
} from './validate-slide/options.ts';
import { TileLedger } from './validate-slide/tile-ledger.ts';
import type { AssociatedImageCheck, Finding, SlideValidation } from './validate-slide/validation.ts';

export { type CheckPool, createCheckPool, VALIDATE_DEFAULTS, type ValidateOptions };

/**
 * Reads and decodes every stored tile of every level (or a sample of them), and the associated images; looks at pixel size,
 * levels and colour profile; compares each level with the one above. Whatever is wrong is in the result, which also comes,
 * with `complete: false`, where the signal ends the reading.
 *
 * Memory: a tile in each thread, tables of the tiles' places (16 bytes a tile), and the first 10,000 bad tiles.
 * @throws OptionError; what `openSlide` throws; RemoteError where a server fails; WorkerError
 */
export async function validateSlide(input: string | Slide, options?: ValidateOptions): Promise<SlideValidation> {
  const settings = checkValidateOptions(options);
  if (typeof input !== 'string') return validateOpened(input, settings);
  await using slide = await openSlide(input, settings.slide);
  return await validateOpened(slide, settings);
}

async function validateOpened(slide: Slide, settings: CheckedValidateOptions): Promise<SlideValidation> {
  const clock = performance.now();
  const { signal } = settings;
  const levels = await chooseTiles(slide, settings);
  const seen: Seen = {
    findings: checkFacts(slide),
    profile: slide.iccProfile ? describeIccProfile(slide.iccProfile) : null,
    images: [],
    ledger: new TileLedger(levels),
    readingSeconds: 0,
  };
  try {
    signal?.throwIfAborted();
    await lookAround(slide, settings, seen);
    await readTiles(slide, levels, { settings, seen });
    return summarise(slide, settings, { seen, levels, complete: true, clock });
  } catch (error) {
    // Whatever went wrong after the signal was caused by it.
    if (!signal?.aborted) throw error;
    return summarise(slide, settings, { seen, levels, complete: false, clock });
  }
}

/** What is known so far. */
interface Seen {
  readonly findings: Finding[];
  readonly profile: SlideValidation['iccProfile'];
  images: readonly AssociatedImageCheck[];
  readonly ledger: TileLedger;
  /** Seconds that tiles were read. */
  readingSeconds: number;
}

/** Everything but tiles: it is quick. */
async function lookAround(slide: Slide, settings: CheckedValidateOptions, seen: Seen): Promise<void> {
  seen.images = await checkAssociatedImages(slide, settings);
  for (const { name, error } of seen.images) {
    if (error === null) continue;
    const message = `the ${name} image can't be read: ${error}`;
    seen.findings.push({ kind: 'problem', code: 'associated-image', message });
  }
  if (seen.profile?.problem) {
    const message = `the ICC profile is damaged: ${seen.profile.problem}`;
    seen.findings.push({ kind: 'warning', code: 'icc-profile', message });
  }
  if (settings.compareLevels) seen.findings.push(...(await compareLevels(slide, settings)));
}

async function readTiles(
  slide: Slide,
  levels: readonly LevelTiles[],
  { settings, seen }: { settings: CheckedValidateOptions; seen: Seen },
): Promise<void> {
  const { signal, onProgress, onBadTile } = settings;
  const { ledger } = seen;
  let own: CheckPool | undefined;
  const pool = settings.pool ?? (() => (own ??= createCheckPool(settings.workers)));
  const total = ledger.chosen;
  const clock = performance.now();
  let done = 0;
  onProgress?.(done, total);
  try {
    for (const tiles of levels) {
      for await (const check of checkTiles(slide, tiles, { pool, signal })) {
        seen.readingSeconds = (performance.now() - clock) / 1000;
        done += check.read + check.missing;
        for (const fault of ledger.add(tiles, check)) await onBadTile?.(fault);
        onProgress?.(done, total);
      }
    }
  } finally {
    await own?.close();
  }
}

function summarise(
  slide: Slide,
  { sample, seed }: CheckedValidateOptions,
  known: { seen: Seen; levels: readonly LevelTiles[]; complete: boolean; clock: number },
): SlideValidation {
  const { seen, levels, complete, clock } = known;
  const { ledger, images, profile, readingSeconds } = seen;
  const tiles = ledger.count();
  const findings = [...seen.findings, ...listEmptyLevels(levels)];
  const bad = tiles.bad > 0 || findings.some(({ kind }) => kind === 'problem');
  return {
    path: slide.name,
    format: slide.format,
    openslide: slide.openslide?.version ?? null,
    status: bad ? 'bad' : complete ? 'good' : 'stopped',
    complete,
    width: slide.width,
    height: slide.height,
    mpp: slide.mpp ?? null,
    plane: slide.plane ?? null,
    tiles,
    sample: sample === undefined ? null : { asked: sample, seed },
    levels: ledger.describeLevels(),
    badTiles: ledger.badTiles,
    associatedImages: images,
    iccProfile: profile,
    findings,
    volatile: {
      seconds: (performance.now() - clock) / 1000,
      tilesPerSecond: readingSeconds > 0 ? tiles.read / readingSeconds : null,
    },
  };
}

/** A sparse level may leave tiles out; one without any is a level in name only. */
function listEmptyLevels(levels: readonly LevelTiles[]): Finding[] {
  const empty = levels.filter(({ stored }) => stored === 0);
  return empty.map(({ index }) => {
    const message = `level ${index} has no stored tile at all: it is white`;
    return { kind: 'warning', code: 'level-missing', message, level: index };
  });
}
