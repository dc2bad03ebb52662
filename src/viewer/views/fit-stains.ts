import type { StainProfile } from '../../preprocessing/stain-normalization/profiles/stain-profile.ts';
import { createStainNormalizer, fitStainProfile } from '../../preprocessing/stain-normalization.ts';
import type { Slide } from '../../slide/slide.ts';
import type { StainPlan } from './stain-plan.ts';

/**
 * A slide's stains, from its tissue, as bytes of JSON; without statistics where they can't be told. Patches on bad tiles are left out.
 * Memory: 20 MB of samples, and what tissue detection holds.
 * @throws RemoteError, SlideClosedError, AbortedError
 */
export async function fitStains(slide: Slide, plan: StainPlan, signal: AbortSignal): Promise<Uint8Array> {
  const { method, target, implausible, seed } = plan;
  const source = await fitStainProfile(slide, { method, seed, signal, onBadTile() {} });
  // Says whether they are plausible, where that is asked for.
  const { profile } = await createStainNormalizer({ method, target, implausible, seed, source });
  return Buffer.from(JSON.stringify(profile));
}

/** What `fitStains` wrote. */
export function parseStains(bytes: Uint8Array): StainProfile {
  return JSON.parse(Buffer.from(bytes).toString()) as StainProfile;
}
