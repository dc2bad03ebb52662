import { stat } from 'node:fs/promises';
import type { MppOption } from '../../../slide/mpp.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { formatMask } from './format-mask.ts';
import { makeMask } from './make-mask.ts';
import type { MaskEntry, MaskSettings } from './mask-entry.ts';
import { resolvePairs } from './resolve-pairs.ts';

/** Paints the annotations one after the other: one that fails does not stop the others. @throws OptionError, AbortedError */
export async function runMasks(
  inputs: readonly string[],
  settings: MaskSettings & { slides: string | undefined; mpp: MppOption | undefined; mppCsv: string | undefined },
  context: CommandContext,
): Promise<CommandExit> {
  const { slides, mpp, mppCsv } = settings;
  const pairs = await resolvePairs(inputs, { slide: slides, mpp, mppCsv, onWarning: context.log.warn });
  const folder = pairs.length > 1 || (await isFolder(settings.out));
  const entries: MaskEntry[] = [];
  for (const pair of pairs) {
    context.signal.throwIfAborted();
    const entry = await makeMask(pair, { ...settings, folder }, context);
    entries.push(entry);
    if (!context.json) context.stdout(formatMask(entry));
  }
  const count = (status: MaskEntry['status']) => entries.filter((entry) => entry.status === status).length;
  const [ok, empty, failed] = [count('ok'), count('empty'), count('failed')];
  if (context.json) context.stdout({ masks: entries, ok, empty, failed });
  else if (entries.length > 1) context.stdout(formatTotal(entries));
  return failed > 0 ? 1 : 0;
}

function formatTotal(entries: readonly MaskEntry[]): string {
  const done = entries.filter((entry) => entry.status === 'ok');
  const before = done.filter(({ earlier }) => earlier).length;
  const rest = before > 0 ? `; ${before} more were there already` : '';
  return `${done.length - before} of ${entries.length} masks were written${rest}`;
}

async function isFolder(path: string): Promise<boolean> {
  // A Zarr mask is a folder itself.
  if (/\.zarr[/\\]?$/i.test(path)) return false;
  if (/[/\\]$/.test(path)) return true;
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
