import { resolveSlideInputs, type SlideInput } from '../../../pipeline/slide-inputs.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import { describeSlide } from './describe-slide.ts';
import { formatBrief } from './format-brief.ts';
import { formatSlideInfo } from './format-slide-info.ts';
import type { InfoReport, SlideEntry } from './info-report.ts';
import { writeAssociatedImages } from './write-associated-images.ts';

export interface InfoSettings {
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  /** How slides are opened, but for their pixel size. */
  readonly slide: SlideOptions | undefined;
  readonly properties: boolean;
  /** Count the tiles that are stored, level by level. */
  readonly tiles: boolean;
  /** One row a slide. */
  readonly brief: boolean;
  /** Folder for the associated images. */
  readonly associated: string | undefined;
}

/** Shows the slides one after the other. @throws OptionError where an input has no slides */
export async function showSlides(
  inputs: readonly string[],
  settings: InfoSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const entries: SlideEntry[] = [];
  for (const input of await resolveSlideInputs(inputs, { ...settings, onWarning: context.log.warn })) {
    context.signal.throwIfAborted();
    const entry = await inspectSlide(input, settings, context);
    entries.push(entry);
    if (!context.json && !settings.brief) showEntry(entry, settings, context);
  }
  const failed = entries.filter((entry) => entry.status === 'failed').length;
  const report: InfoReport = { schema: 'slideloom/info/v1', slides: entries, ok: entries.length - failed, failed };
  if (!context.json && settings.brief) context.stdout(formatBrief(entries));
  if (context.json) context.stdout(report);
  else if (entries.length > 1) context.stdout(`${entries.length - failed} of ${entries.length} slides can be opened`);
  return failed > 0 ? 1 : 0;
}

async function inspectSlide(input: SlideInput, settings: InfoSettings, context: CommandContext): Promise<SlideEntry> {
  const { id, path, address = path, mpp } = input;
  try {
    await using slide = await openSlide(address, { ...settings.slide, mpp });
    const wanted = { images: !settings.brief, tiles: settings.tiles, signal: context.signal };
    const info = await describeSlide(slide, wanted);
    if (settings.associated === undefined) return { status: 'ok', id, ...info };
    const written = await writeAssociatedImages(slide, { folder: settings.associated, id });
    return { status: 'ok', id, ...info, written };
  } catch (error) {
    context.log.debug(`${path} failed`, { error });
    return { status: 'failed', id, path, error: describeError(error) };
  }
}

function showEntry(entry: SlideEntry, { properties }: InfoSettings, context: CommandContext): void {
  if (entry.status === 'ok') context.stdout(`${formatSlideInfo(entry, properties)}\n`);
  else context.stdout(`${formatFailure(entry)}\n`);
}

function formatFailure({ path, error }: Extract<SlideEntry, { status: 'failed' }>): string {
  const hint = error.hint === undefined ? [] : [`  hint: ${error.hint}`];
  return [path, `  error: ${error.message}`, ...hint].join('\n');
}
