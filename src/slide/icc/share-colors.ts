import type { ColorTable } from '../../io/icc/srgb-table.ts';
import type { Slide } from '../slide.ts';

/** What converts a slide's colours, for threads that open it themselves: the hash of its profile, and 48 MiB that all share. */
export interface SharedColors {
  readonly profile: string;
  readonly table: ColorTable;
}

/** Undefined where colours are as stored. @throws IccError */
export async function shareColors(slide: Slide): Promise<SharedColors | undefined> {
  const profile = slide.icc?.profile;
  const table = profile === undefined ? undefined : await slide.getColors?.();
  return profile !== undefined && table ? { profile, table } : undefined;
}
