import type { SlideFeatures } from '../../io/feature-files/slide-features.ts';
import { findBackbone } from '../../train/bags/read-bag-facts.ts';
import type { Backbone } from '../../train/mil-card.ts';
import { DatasetError } from '../../utils/errors.ts';
import { findUnusable } from '../embed/kernels/pool-features.ts';
import type { MilModel } from './open-mil-model.ts';

/** What a feature file says beside its numbers. */
export type BagFacts = Pick<SlideFeatures, 'dim' | 'model' | 'facts'>;

/**
 * Whether a model can say something of these features: they have as many numbers as it takes, and, where both sides say so, are of
 * the network that it was trained on.
 * @param anyBackbone features of another network are let through
 * @returns what is noteworthy: features of another network, or of patches of another size
 * @throws DatasetError: `dimension`, `backbone`
 */
export function checkBag(
  { name, card, featureDim }: Pick<MilModel, 'name' | 'card' | 'featureDim'>,
  features: BagFacts,
  { path, anyBackbone }: { readonly path: string; readonly anyBackbone: boolean },
): string[] {
  const { dim } = features;
  const trained = card?.input.backbone ?? undefined;
  const made = findBackbone(features);
  if (dim !== featureDim)
    throw new DatasetError(
      path,
      `${dim} features a patch${describe('made by', made)}, and ${name} takes ${featureDim}${describe('trained on', trained)}`,
      { reason: 'dimension' },
      { hint: 'embed the slides with the network that the model was trained on' },
    );
  if (!trained || !made) return [];
  const difference = findDifference(trained, made);
  if (difference !== undefined && !anyBackbone)
    throw new DatasetError(
      path,
      `its features are${describe('made by', made)}, and ${name} was${describe('trained on', trained)}: ${difference}`,
      { reason: 'backbone' },
      { hint: 'embed the slides with the same network, or let them through: --any-backbone (library: anyBackbone)' },
    );
  return [...(difference === undefined ? [] : [`${difference}, let through`]), ...listSizes(trained, made)];
}

/**
 * @param first the patch that the features begin with, where they are a part of a file's
 * @throws DatasetError: `not-a-number`
 */
export function checkNumbers(
  { features, dim, first = 0 }: Pick<SlideFeatures, 'features' | 'dim'> & { readonly first?: number },
  path: string,
): void {
  const place = findUnusable(features);
  if (place < 0) return;
  throw new DatasetError(
    path,
    `feature ${place % dim} of patch ${first + Math.floor(place / dim)} is infinite or no number`,
    { reason: 'not-a-number' },
    { hint: 'embed the slide again; half precision ends at 65,504' },
  );
}

/** A network has many names, and one hash: where both sides know it, the name says nothing. */
function findDifference(trained: Backbone, made: Backbone): string | undefined {
  if (trained.sha256 !== undefined && made.sha256 !== undefined) {
    if (trained.sha256 !== made.sha256) return 'another network';
    const parts = (['output', 'take'] as const).filter(
      (key) => trained[key] !== undefined && made[key] !== undefined && trained[key] !== made[key],
    );
    return parts.length === 0 ? undefined : `another ${parts.join(' and ')} of the network`;
  }
  return trained.name === made.name ? undefined : 'a network of another name';
}

/** Patches that show more or less of the tissue than those of the training. */
function listSizes(trained: Backbone, made: Backbone): string[] {
  const notices: string[] = [];
  if (trained.patchSize !== undefined && made.patchSize !== undefined && trained.patchSize !== made.patchSize)
    notices.push(`patches of ${made.patchSize} px, trained on ${trained.patchSize}`);
  if (trained.mpp !== undefined && made.mpp !== undefined && Math.abs(made.mpp / trained.mpp - 1) > 0.05)
    notices.push(`patches of ${made.mpp} µm per pixel, trained on ${trained.mpp}`);
  return notices;
}

function describe(verb: string, backbone: Backbone | undefined): string {
  if (!backbone) return '';
  const { name, sha256, output, take } = backbone;
  const parts = [sha256?.slice(0, 12), output, take].filter((part) => part !== undefined);
  return ` ${verb} ${name}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}
