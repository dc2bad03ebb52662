import { DatasetError } from '../../utils/errors.ts';
import type { Example } from './example.ts';

/** What two sets of examples were compared by. */
export type LeakKey = 'patient' | 'slide' | 'path';

const KEYS: readonly LeakKey[] = ['patient', 'slide', 'path'];

/**
 * Makes sure that no patient, slide or picture is in both sets: figures on pictures of people whom the model has seen are
 * worth nothing.
 * @returns what was compared; patients and slides only where both sets name them
 * @throws DatasetError with reason `patient-leak`, `slide-leak` or `path-leak`
 */
export function checkLeak(train: readonly Example[], validation: readonly Example[], source: string): LeakKey[] {
  return KEYS.filter((key) => {
    const seen = collect(train, key);
    const others = collect(validation, key);
    const shared = [...others].filter((name) => seen.has(name));
    if (shared.length > 0)
      throw new DatasetError(
        source,
        `${shared.length} ${key}s are in training and in validation: ${list(shared)}`,
        {
          reason: `${key}-leak`,
        },
        { hint: 'keep everything of one patient on one side, or let folds be made by patient' },
      );
    return seen.size > 0 && others.size > 0;
  });
}

function collect(examples: readonly Example[], key: LeakKey): Set<string> {
  return new Set(examples.flatMap((example) => example[key] ?? []));
}

function list(names: readonly string[]): string {
  const first = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${first}, ...` : first;
}
