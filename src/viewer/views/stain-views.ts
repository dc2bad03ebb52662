import { StainError } from '../../utils/errors.ts';
import { sha256 } from '../../utils/hash.ts';
import { createAnswerCache } from '../answer-cache.ts';
import type { FairQueue } from '../fair-queue.ts';
import type { Asker, Recolor } from '../picture.ts';
import type { Renderer } from '../render/picture-job.ts';
import type { SlideView } from '../slide-view.ts';
import { parseStains } from './fit-stains.ts';
import type { StainColors, StainPlan } from './stain-plan.ts';

/** Of the stains of slides: thousands of them. */
const MAX_BYTES = 4 * 2 ** 20;

/** Slides in the target's colours. The stains of each are looked for when the first asks for them, and then kept. */
export interface StainViews {
  readonly plan: StainPlan;
  /** Whoever asks meanwhile waits for the same. @throws StainError where they can't be told; what reading the slide throws */
  findColors(view: SlideView, asker: Asker): Promise<StainColors>;
  /** For pictures of the slide. */
  createRecolor(view: SlideView): Recolor;
}

export function createStainViews(
  plan: StainPlan,
  { queue, renderer }: { queue: FairQueue; renderer: Renderer },
): StainViews {
  const found = createAnswerCache(MAX_BYTES);
  const key = sha256(JSON.stringify(plan));

  async function findColors({ source: slide, version }: SlideView, { client, signal }: Asker): Promise<StainColors> {
    const job = { slide, stains: plan };
    const fit = (gone: AbortSignal) => queue.run(client, () => renderer.render(job, gone), gone);
    const source = parseStains(await found.get(version, fit, signal));
    if (source.statistics) return { ...plan, source };
    throw new StainError(plan.method, source.reason ?? 'empty', { hint: 'look at the slide in its own colours' });
  }

  return {
    plan,
    findColors,
    createRecolor: (view) => ({ key, findColors: (asker) => findColors(view, asker) }),
  };
}
