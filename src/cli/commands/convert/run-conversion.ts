import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { ConvertOptions } from '../../../preprocessing/convert-slide/options.ts';
import { type ConvertedSlide, convertSlide } from '../../../preprocessing/convert-slide.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { describeError, type ErrorDescription } from '../../describe-error.ts';
import { formatConversion, formatFailure } from './format-conversion.ts';

export interface ConversionSettings {
  readonly out: string;
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  readonly slide: SlideOptions | undefined;
  readonly convert: ConvertOptions;
}

/** One entry of `convert --json`. */
export type ConversionEntry =
  | ({ readonly status: 'ok'; readonly id: string; readonly slide: string } & ConvertedSlide)
  | { readonly status: 'failed'; readonly id: string; readonly slide: string; readonly error: ErrorDescription };

const BAD_TILE_HINT = '--on-bad-tile white paints such tiles white and lists them';

/** Converts the slides one after the other: one that fails does not stop the others. @throws OptionError, AbortedError */
export async function runConversion(
  inputs: readonly string[],
  settings: ConversionSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const slides = await resolveSlideInputs(inputs, { ...settings, onWarning: context.log.warn });
  const folder = slides.length > 1 || (await isFolder(settings.out));
  const entries: ConversionEntry[] = [];
  for (const input of slides) {
    context.signal.throwIfAborted();
    const path = folder ? join(settings.out, `${input.id}${getExtension(settings.convert)}`) : settings.out;
    const entry = await convertOne(input, { ...settings, path }, context);
    entries.push(entry);
    if (!context.json) context.stdout(entry.status === 'ok' ? formatConversion(entry) : formatFailure(entry));
  }
  const failed = entries.filter(({ status }) => status === 'failed').length;
  if (context.json) context.stdout({ slides: entries, ok: entries.length - failed, failed });
  else if (entries.length > 1) context.stdout(`${entries.length - failed} of ${entries.length} slides were converted`);
  return failed > 0 ? 1 : 0;
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function getExtension({ layout }: ConvertOptions): string {
  return layout === 'ome-tiff' ? '.ome.tif' : '.tif';
}

async function convertOne(
  { id, path: slide, address = slide, mpp }: SlideInput,
  { path, convert, slide: options }: ConversionSettings & { readonly path: string },
  { signal, log, createProgress }: CommandContext,
): Promise<ConversionEntry> {
  let progress: ReturnType<typeof createProgress> | undefined;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    progress ??= createProgress({ label: id, unit: 'tiles', total });
    progress.update(done);
  };
  try {
    await using source = await openSlide(address, { ...options, mpp });
    return { status: 'ok', id, slide, ...(await convertSlide(source, path, { ...convert, signal, onProgress })) };
  } catch (error) {
    signal.throwIfAborted();
    log.debug(`${slide} failed`, { error });
    const described = describeError(error);
    const hint = described.tag === 'tile' ? { hint: BAD_TILE_HINT } : {};
    return { status: 'failed', id, slide, error: { ...described, ...hint } };
  } finally {
    progress?.done();
  }
}
