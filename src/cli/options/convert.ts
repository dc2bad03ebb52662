import { OptionError } from '../../utils/errors.ts';
import { toFlag } from '../option-table.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Runs a check of the library and turns its option names into flags: the library says `mpp` where the command line says
 * `--tissue-mpp`. `flags` has the names that differ, and `clam.maxHoles` becomes `--clam-max-holes` by itself.
 * @throws UsageError in place of each OptionError
 */
export function checkWithFlags<T>(flags: Readonly<Record<string, string>>, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw cause instanceof OptionError ? nameFlags(flags, cause) : cause;
  }
}

/** The error as the command line says it: see `checkWithFlags`. */
export function nameFlags(flags: Readonly<Record<string, string>>, cause: OptionError): UsageError {
  const toName = (option: string) =>
    toFlag(flags[option] ?? option.replace(/\.(.)/g, (_, c: string) => c.toUpperCase()));
  const named = cause.message.replace(`\`${cause.option}\``, `\`${toName(cause.option)}\``);
  const message = named.replace(/beside `(\w+)`/, (_, other: string) => `beside \`${toName(other)}\``);
  return new UsageError(message, { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
}

/** The object without its undefined members, or undefined where nothing is left: what was not given stays unsaid. */
export function dropUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const given = Object.entries(object).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> });
}
