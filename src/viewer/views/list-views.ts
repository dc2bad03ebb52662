import { isStainedPicture } from '../../preprocessing/normalize-files/recolorable.ts';
import { chooseColors } from '../../slide/formats/channels/channel-colors.ts';
import type { Slide } from '../../slide/slide.ts';
import { sha256 } from '../../utils/hash.ts';
import type { ServedSlide } from '../collection.ts';
import type { ViewFacts } from '../contract.ts';
import type { StainPlan } from './stain-plan.ts';

const STAIN_NAME = 'normalized';
const CHANNEL_PREFIX = 'channel-';

/**
 * What a slide can be shown as beside itself: stained ones in the target's colours, each of several channels alone.
 * @param version of the slide as it is
 */
export function listViews(
  slide: Slide,
  { version, stain }: { version: string; stain: StainPlan | undefined },
): ViewFacts[] {
  const own = (part: unknown) => sha256(JSON.stringify([version, part])).slice(0, 16);
  const { channels, shown } = slide;
  if (stain && isStainedPicture(slide)) {
    const title = `Normalised (${stain.method})`;
    return [{ name: STAIN_NAME, title, kind: 'stain', color: null, version: own(stain) }];
  }
  if (channels.length < 2 || shown?.channel !== undefined) return [];
  const colors = chooseColors(
    channels.map((channel) => ({ color: channel.color })),
    channels.length,
  );
  return channels.map(({ name: title }, index) => ({
    name: `${CHANNEL_PREFIX}${index}`,
    ...{ title, kind: 'channel', color: colors[index] ?? null, version: own(index) },
  }));
}

/** The slide with nothing but the channel of that view. */
export function chooseChannel(served: ServedSlide, { name }: ViewFacts): ServedSlide {
  return { ...served, options: { ...served.options, channel: Number(name.slice(CHANNEL_PREFIX.length)) } };
}
