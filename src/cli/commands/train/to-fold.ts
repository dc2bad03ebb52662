import { UsageError } from '../../usage-error.ts';

/** `--fold` and `--folds`, which have no sense with a validation table. @throws UsageError */
export function toFold(
  { fold, folds, validation }: { fold: string | undefined; folds: number | undefined; validation: string | undefined },
  table: string,
): number | 'all' | undefined {
  const given = fold === undefined ? (folds === undefined ? undefined : '--folds') : '--fold';
  if (given && validation !== undefined)
    throw new UsageError(`${given} splits ${table}, and --validation needs no split`, {
      hint: 'leave one of them out',
    });
  if (fold === undefined || fold === 'all') return fold;
  if (/^\d+$/.test(fold)) return Number(fold);
  throw new UsageError(`expected a number from 0, or all, for \`--fold\` but received ${JSON.stringify(fold)}`);
}
