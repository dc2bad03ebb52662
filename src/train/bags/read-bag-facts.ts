import { type FeatureFileFacts, readFeatureFacts } from '../../io/feature-files/read-feature-facts.ts';
import { openFileSource } from '../../io/source/file-source.ts';
import { DatasetError, isSlideloomError } from '../../utils/errors.ts';
import { quickHash } from '../../utils/hash.ts';
import type { Backbone } from '../mil-card.ts';

/** What the head of a feature file says. */
export interface BagFacts {
  readonly path: string;
  /** Of the file: see `quickHash`. */
  readonly hash: string;
  /** Patches, and numbers of each. */
  readonly count: number;
  readonly dim: number;
  /** What made the features; undefined where the file does not say. */
  readonly backbone: Backbone | undefined;
}

/** @returns the facts, or what is wrong with the file */
export async function readBagFacts(path: string): Promise<BagFacts | string> {
  try {
    await using source = await openFileSource(path);
    const facts = await readFeatureFacts(path);
    const { count, dim } = facts;
    if (count === 0) return 'no patches';
    return { path, hash: await quickHash(source), count, dim, backbone: findBackbone(facts) };
  } catch (error) {
    if (isSlideloomError(error, 'source', 'tensor-file', 'short-read')) return error.message;
    if (error instanceof Error && 'code' in error) return error.message;
    throw error;
  }
}

/**
 * Features of slides have as many numbers, and were made by the same model.
 * @returns of all of them; the backbone is undefined where no file names one @throws DatasetError
 */
export function compareBags(
  bags: readonly BagFacts[],
  source: string,
): { dim: number; backbone: Backbone | undefined } {
  const [first] = bags;
  if (!first) throw new DatasetError(source, 'no features', { reason: 'empty' });
  const named = bags.find(({ backbone }) => backbone);
  for (const one of bags) {
    if (one.dim !== first.dim)
      throw new DatasetError(
        one.path,
        `its features have ${one.dim} numbers, and those of ${first.path} ${first.dim}`,
        { reason: 'dimension' },
        { hint: 'embed all slides with the same model' },
      );
    const problem = named?.backbone && one.backbone && compareBackbones(one.backbone, named.backbone);
    if (problem !== undefined)
      throw new DatasetError(
        one.path,
        `${problem}, and that of ${named?.path} is another one`,
        { reason: 'backbone' },
        { hint: 'embed all slides with the same model and the same pixel size' },
      );
  }
  return { dim: first.dim, backbone: named?.backbone };
}

function compareBackbones(one: Backbone, other: Backbone): string | undefined {
  const keys = ['sha256', 'name', 'output', 'take', 'mpp', 'patchSize'] as const;
  // The same model may lie under another name.
  const same = one.sha256 !== undefined && one.sha256 === other.sha256;
  const key = keys.find((name) => {
    if (name === 'name' && same) return false;
    return one[name] !== undefined && other[name] !== undefined && one[name] !== other[name];
  });
  if (key === undefined) return undefined;
  return key === 'sha256' ? `its features are of a model ${one.name}` : `the ${key} of its features is ${one[key]}`;
}

/** What a feature file says of the model that made it; undefined where it names none. */
export function findBackbone({ model, facts }: Pick<FeatureFileFacts, 'model' | 'facts'>): Backbone | undefined {
  if (model === undefined) return undefined;
  const own = toObject(facts['model']);
  const patch = toObject(facts['patch']);
  const text = (key: string) => (typeof own[key] === 'string' ? { [key]: own[key] } : {});
  const { mpp, size } = patch;
  return {
    ...{ name: model, ...text('sha256'), ...text('output'), ...text('take') },
    ...(typeof mpp === 'number' && mpp > 0 && { mpp }),
    ...(typeof size === 'number' && size > 0 && { patchSize: size }),
  };
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
