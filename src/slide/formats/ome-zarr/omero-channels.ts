import { z } from 'zod';
import type { Color } from '../channels/channel-colors.ts';
import type { JsonObject } from './zarr-nodes.ts';

/** What the `omero` metadata say of how a channel is shown. */
export interface OmeroChannel {
  readonly name: string | undefined;
  readonly color: Color | undefined;
  readonly active: boolean;
  /** Samples that are shown as black and as full colour. */
  readonly window: { readonly start: number; readonly end: number } | undefined;
  /** Full colour and black change places. */
  readonly inverted: boolean;
}

const channelSchema = z.looseObject({
  label: z.string().optional().catch(undefined),
  color: z.string().optional().catch(undefined),
  active: z.boolean().catch(true),
  inverted: z.boolean().catch(false),
  window: z.looseObject({ start: z.number(), end: z.number() }).optional().catch(undefined),
});
const omeroSchema = z.looseObject({ channels: z.array(channelSchema) });

/** Empty where there are none: how to show an image is a wish, and one that makes no sense is passed over. */
export function readOmeroChannels(ome: JsonObject): readonly OmeroChannel[] {
  const channels = omeroSchema.safeParse(ome['omero']).data?.channels ?? [];
  return channels.map(({ label, color, active, inverted, window }) => {
    const usable = window && Number.isFinite(window.end - window.start) && window.end > window.start;
    return {
      name: label?.trim() || undefined,
      color: parseColor(color),
      ...{ active, inverted },
      window: usable ? { start: window.start, end: window.end } : undefined,
    };
  });
}

/** Six hexadecimal digits, and two more of alpha where a writer adds them. */
function parseColor(text: string | undefined): Color | undefined {
  const [, digits] = /^#?([0-9a-f]{6})(?:[0-9a-f]{2})?$/i.exec(text?.trim() ?? '') ?? [];
  if (digits === undefined) return undefined;
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
