import { stat } from 'node:fs/promises';
import { checkFullOverlay } from '../../../preprocessing/xml-to-mask/full-overlay-options.ts';
import { checkMaskOptions, type WriteMaskOptions } from '../../../preprocessing/xml-to-mask/options.ts';
import { renderMaskOverlay } from '../../../preprocessing/xml-to-mask/overlay-picture.ts';
import { type WrittenOverlay, writeFullOverlay } from '../../../preprocessing/xml-to-mask/process-slide.ts';
import type { PreparedMask } from '../../../preprocessing/xml-to-mask.ts';
import type { Slide } from '../../../slide/slide.ts';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { OutputError } from '../../../utils/errors.ts';
import type { CommandContext } from '../../define-command.ts';
import type { MaskSettings } from './mask-entry.ts';
import { withProgress } from './with-progress.ts';

/** Files to write, where they were asked for. */
export interface PictureFiles {
  /** For the progress line. */
  readonly id: string;
  /** The mask over the thumbnail. */
  readonly overlay: string | undefined;
  /** The slide's own pixels. */
  readonly full: string | undefined;
}

export interface WrittenPictures {
  /** Of the slide's own pixels. */
  readonly fullOverlay: WrittenOverlay | undefined;
}

export async function writePictures(
  { id, overlay, full }: PictureFiles,
  work: { slide: Slide; prepared: PreparedMask; settings: MaskSettings; context: CommandContext },
): Promise<WrittenPictures> {
  const { slide, prepared, settings, context } = work;
  const options = { ...settings.mask, signal: context.signal };
  if (overlay !== undefined) await writeThumbnail(overlay, { slide, prepared, options });
  if (full === undefined) return { fullOverlay: undefined };
  const fullOverlay = await withProgress(context, `${id} overlay`, (onProgress) => {
    const mask = checkMaskOptions({ ...options, onProgress });
    const given = checkFullOverlay(settings.full, Math.min(mask.tileSize, 1024));
    return writeFullOverlay(full, { slide, drawn: prepared }, { mask, overlay: given });
  });
  return { fullOverlay };
}

async function writeThumbnail(
  path: string,
  { slide, prepared, options }: { slide: Slide; prepared: PreparedMask; options: WriteMaskOptions },
): Promise<void> {
  const { rule } = checkMaskOptions(options);
  const { shapes, labels } = prepared;
  const { signal } = options;
  const picture = await renderMaskOverlay(slide, { shapes, labels, rule }, { ...(signal && { signal }) });
  const there = await stat(path).catch(() => undefined);
  if (there && options.overwrite !== true)
    throw new OutputError(path, 'is there already', { hint: 'give another path, or --overwrite' });
  await writeFileAtomic(path, picture);
}
