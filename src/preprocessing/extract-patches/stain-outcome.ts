import type { DegenerateReason } from '../stain-normalization/stain-method.ts';

/** What became of a patch's colours: those of the target, or its own, and why. */
export type StainOutcome = 'normalized' | `kept:${DegenerateReason}`;

/** How ledgers have them; 0 is a run that normalises nothing. */
const CODES: Readonly<Record<StainOutcome, number>> = {
  normalized: 1,
  'kept:empty': 2,
  'kept:too-few-tissue-pixels': 3,
  'kept:one-colour': 4,
  'kept:rank-deficient': 5,
  'kept:vanishing-concentrations': 6,
  'kept:no-convergence': 7,
  'kept:implausible-stains': 8,
};

const OUTCOMES = Object.keys(CODES) as StainOutcome[];

export function encodeStainOutcome(outcome: StainOutcome | undefined): number {
  return outcome === undefined ? 0 : CODES[outcome];
}

export function decodeStainOutcome(code: number): StainOutcome | undefined {
  return OUTCOMES.find((outcome) => CODES[outcome] === code);
}

/** Of a table. Undefined for what is none. */
export function parseStainOutcome(text: string | undefined): StainOutcome | undefined {
  return OUTCOMES.find((outcome) => outcome === text);
}

/** Before an outcome, in the counts of a run's record. */
const PREFIX = 'stain:';

/** How many patches have an outcome. */
export interface StainCount {
  readonly stain: StainOutcome;
  readonly patches: number;
}

/** Members of the counts of a run that normalises stains. */
export function startStainCounts(): Record<string, number> {
  return { [`${PREFIX}normalized`]: 0 };
}

export function countStain(counts: Record<string, number>, outcome: StainOutcome): void {
  const key = `${PREFIX}${outcome}`;
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Undefined for a run that normalises nothing. */
export function listStainCounts(counts: Readonly<Record<string, number>>): readonly StainCount[] | undefined {
  const found = OUTCOMES.flatMap((stain) => {
    const patches = counts[`${PREFIX}${stain}`];
    return patches === undefined ? [] : [{ stain, patches }];
  });
  return found.length === 0 ? undefined : found;
}
