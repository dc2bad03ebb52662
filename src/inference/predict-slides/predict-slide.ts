import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FeatureFileFacts, readFeatureFacts } from '../../io/feature-files/read-feature-facts.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import { hashFile } from '../../utils/hash.ts';
import { VERSION } from '../../utils/version.ts';
import { checkBag } from '../mil/check-bag.ts';
import type { SlideEntry } from './list-slides.ts';
import { openOwnStage } from './open-own-stage.ts';
import type { AttentionFile } from './options.ts';
import { runBagFile } from './run-bag-file.ts';
import { readSlideResult, type SlideResult } from './slide-result.ts';
import type { SlideRow } from './slide-row.ts';
import type { FoundSlide, SlideWork } from './slide-work.ts';

const STAGE = 'predict-slide';

/** Predicts one slide and writes its files, or finds them done. Never throws for what is the slide's fault: the row says it. */
export async function predictSlide(entry: SlideEntry, work: SlideWork): Promise<SlideRow> {
  const { slide, features: path, problem } = entry;
  if (entry.isEmpty) return createRow(slide, 'empty', { patches: 0, message: 'no patches' });
  if (path === undefined) return createRow(slide, 'missing', { message: problem ?? 'no file of features' });
  if (!(await isFile(path))) return createRow(slide, 'missing', { message: `${path} is not there` });
  try {
    return await predictFile({ slide, path }, work);
  } catch (error) {
    if (isSlideloomError(error, 'aborted') || isSlideloomError(error, 'worker')) throw error;
    const hint = isSlideloomError(error) ? error.hint : undefined;
    return createRow(slide, 'failed', { message: error instanceof Error ? error.message : String(error), hint });
  }
}

async function predictFile({ slide, path }: FoundSlide, work: SlideWork): Promise<SlideRow> {
  const { out, overwrite, anyBackbone } = work.settings;
  const facts = await readFeatureFacts(path);
  if (facts.count === 0) return createRow(slide, 'empty', { patches: 0, message: 'no patches' });
  const notices = checkBag(work.model, facts, { path, anyBackbone });
  const kinds = chooseFiles(facts, work, notices);
  const files: Readonly<Partial<Record<AttentionFile, string>>> = Object.fromEntries(
    kinds.map((kind) => [kind, join(out, 'attention', `${slide}.${kind}`)]),
  );
  const resultPath = join(out, 'slides', `${slide}.json`);
  const opened = await openOwnStage({
    ...{ path: resultPath, beside: Object.values(files), stage: STAGE, version: VERSION, overwrite },
    options: { ...work.recordOptions, slide },
    input: { name: basename(path), size: (await stat(path)).size, quickHash: await hashFile(path) },
  });
  if (opened.state === 'done') return toRow(await readSlideResult(resultPath), { state: 'done', kinds });
  await using run = opened.run;
  try {
    const { result, written } = await runBagFile({ slide, path }, { ...work, resultPath, files, notices });
    const [output, ...beside] = written.map((file) => ({ path: file.path, size: file.bytes, sha256: file.sha256 }));
    await run.finish({ counts: { patches: result.patches }, outputs: output ? [output] : [], beside, notices });
    return toRow(result, { state: 'fresh', kinds });
  } catch (error) {
    // An interrupted run stays `running` in its record.
    throwIfAborted(work.settings.signal);
    // Nothing of earlier features stays. Where the record can't be written, the first error is the one to tell.
    for (const file of [resultPath, ...Object.values(files)]) await rm(file, { force: true });
    await run.fail(error).catch(() => undefined);
    throw error;
  }
}

/** Files that can be made of those that are wanted; says what can't. */
function chooseFiles(facts: FeatureFileFacts, { settings, model }: SlideWork, notices: string[]): AttentionFile[] {
  const { attention, patchSpan } = settings;
  if (attention.length > 0 && !model.hasAttention && !model.hasInstances) {
    notices.push('no files of attention: the model says nothing of patches');
    return [];
  }
  const missing = attention.includes('geojson') ? findMissing(facts, patchSpan) : undefined;
  if (missing !== undefined) notices.push(`no GeoJSON: ${missing}`);
  return attention.filter((kind) => kind !== 'geojson' || missing === undefined);
}

/** Why patches can't be drawn over the slide; undefined where they can. */
function findMissing(
  { layout, patchSize }: Pick<FeatureFileFacts, 'layout' | 'patchSize'>,
  span: number | undefined,
): string | undefined {
  if (layout === 'stamp') return 'its file has places in microns alone';
  return patchSize || span !== undefined ? undefined : 'its file does not say what a patch spans (--patch-span)';
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}

function createRow(
  slide: string,
  status: SlideRow['status'],
  { patches, message, hint }: { patches?: number; message: string; hint?: string | undefined },
): SlideRow {
  const nothing = { verdict: undefined, files: [], notices: [] } as const;
  return { slide, status, state: 'fresh', ...nothing, patches, error: { message, hint } };
}

function toRow(
  { slide, patches, notices, probabilities, predicted, confidence, margin }: SlideResult,
  { state, kinds }: { state: SlideRow['state']; kinds: readonly AttentionFile[] },
): SlideRow {
  const files = [`slides/${slide}.json`, ...kinds.map((kind) => `attention/${slide}.${kind}`)];
  const verdict = { probabilities, predicted, confidence, margin };
  return { slide, status: 'done', state, verdict, patches, files, notices, error: undefined };
}
