import { openSrgbConverter } from '../../io/icc/convert-to-srgb.ts';
import { type ColorTable, findSrgbTable, loadSrgbTable } from '../../io/icc/srgb-table.ts';
import { sha256 } from '../../utils/hash.ts';
import { listReadable } from '../samples/channel-list.ts';
import type { SlideSettings } from '../settings.ts';
import type { SlideBacking } from '../slide-format.ts';
import { createSrgbLevel } from './srgb-level.ts';

/**
 * The slide with its pixels in sRGB, where its settings ask for that and it has colours with a profile. The table of colours
 * is made when pixels are first read.
 * @throws IccError for a profile that can't be applied
 */
export async function applyIcc(backing: SlideBacking, settings: SlideSettings, name: string): Promise<SlideBacking> {
  const { icc: target } = settings;
  if (target === undefined) return backing;
  const profile = hasColours(backing, settings) ? backing.iccProfile : undefined;
  if (!profile) return { ...backing, icc: { target, profile: undefined } };
  const hash = sha256(profile);
  const getColors = await openTable(profile, hash, name);
  return {
    ...backing,
    levels: backing.levels.map((level) => createSrgbLevel(level, getColors)),
    icc: { target, profile: hash },
    getColors,
  };
}

/** The profile is tried now, the table made at the first call. */
async function openTable(profile: Uint8Array, hash: string, name: string): Promise<() => Promise<ColorTable>> {
  const known = findSrgbTable(hash);
  if (known) return async () => known;
  const converter = await openSrgbConverter(profile, name);
  let table: Promise<ColorTable> | undefined;
  return () => (table ??= loadSrgbTable(converter, profile));
}

/** One channel alone, and channels that are put together, are shown in colours that no profile speaks of. */
function hasColours({ channels }: SlideBacking, { channel }: SlideSettings): boolean {
  const all = listReadable(channels);
  return channel === undefined && (all.length <= 1 || (all[0]?.rgb ?? false));
}
