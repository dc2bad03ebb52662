/** From words to checked values: which command, its options from flags and config file, what stands without a flag. */
import { COMMAND_NAMES } from './commands.ts';
import { createParser, getOptionTable } from './create-parser.ts';
import type { Command, CommandArguments } from './define-command.ts';
import { type OptionTable, parseOptionValue, toFlag, toFlagName } from './option-table.ts';
import { readConfig } from './read-config.ts';
import { suggest } from './suggest.ts';
import { UsageError } from './usage-error.ts';

export interface GivenArguments {
  /** By camelCase name; only what was given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

/**
 * The command's name is the first word that is no flag and not the value of `--config`, with the word behind it where
 * commands have names of two words.
 */
export function splitCommand(argv: readonly string[]): { name: string | undefined; rest: string[] } {
  const at = argv.findIndex((word, index) => !word.startsWith('-') && argv[index - 1] !== '--config');
  const end = argv.indexOf('--');
  if (at < 0 || (end >= 0 && end < at)) return { name: undefined, rest: [...argv] };
  const both = `${argv[at]} ${argv[at + 1]}`;
  if (COMMAND_NAMES.some((name) => name === both)) return { name: both, rest: argv.toSpliced(at, 2) };
  return { name: argv[at], rest: argv.toSpliced(at, 1) };
}

/** @throws UsageError for a word that is no command */
export function createUnknownCommandError(name: string): UsageError {
  const own = COMMAND_NAMES.filter((one) => one.startsWith(`${name} `));
  if (own.length > 0)
    return new UsageError(`"${name}" is half a command`, { hint: `commands: ${own.join(', ')}; each has --help` });
  const near = suggest(name, COMMAND_NAMES);
  const hint = near ? `did you mean ${near}?` : `commands: ${COMMAND_NAMES.join(', ')}`;
  return new UsageError(`"${name}" is no command`, { hint });
}

/** Reads the flags. @throws UsageError, OptionError */
export function parseFlags(argv: readonly string[], command: Command | undefined): GivenArguments {
  const table = getOptionTable(command);
  checkBooleans(argv, table);
  const { _: inputs, $0: _script, ...flags } = parseWords(argv, table);
  const keys = new Map(Object.keys(table).map((key) => [toFlagName(key), key]));
  const options: Record<string, unknown> = {};
  for (const [flag, value] of Object.entries(flags)) {
    const key = keys.get(flag);
    const spec = key === undefined ? undefined : table[key];
    if (key === undefined || spec === undefined) throw createUnknownOptionError(flag, [...keys.keys()], command);
    options[key] = parseOptionValue(key, spec, value);
  }
  return { options, inputs: inputs.map(String) };
}

/** Adds what the config file supplies and checks that all is there. @throws UsageError, OptionError */
export async function completeArguments(
  given: GivenArguments,
  command: Command,
): Promise<CommandArguments<OptionTable> & { readonly json?: unknown }> {
  const file = given.options['config'];
  const config = typeof file === 'string' ? await readConfig(file, command) : { options: {}, inputs: undefined };
  const options = { ...config.options, ...given.options };
  const inputs = given.inputs.length > 0 ? given.inputs : (config.inputs ?? []);
  checkComplete(options, inputs, command);
  return { ...options, inputs } as CommandArguments<OptionTable>;
}

function parseWords(argv: readonly string[], table: OptionTable) {
  try {
    return createParser(table, 'words').parseSync([...argv]);
  } catch (cause) {
    const flag = /^Not enough arguments following: (.+)$/.exec(cause instanceof Error ? cause.message : '')?.[1];
    if (flag === undefined) throw cause;
    throw new UsageError(`expected a value behind \`--${flag}\``, { cause });
  }
}

/** yargs reads `--overview=maybe` as false. */
function checkBooleans(argv: readonly string[], table: OptionTable): void {
  for (const [key, spec] of Object.entries(table)) {
    if (spec.type !== 'boolean') continue;
    const word = argv.find((one) => one.startsWith(`${toFlag(key)}=`));
    if (word !== undefined) parseOptionValue(key, spec, word.slice(toFlag(key).length + 1));
  }
}

function createUnknownOptionError(flag: string, names: readonly string[], command: Command | undefined): UsageError {
  const near = flag.length > 1 ? suggest(flag, names) : undefined;
  const help = command ? `slideloom ${command.name} --help` : 'slideloom --help';
  const of = command ? ` of ${command.name}` : '';
  return new UsageError(`\`${flag.length > 1 ? '--' : '-'}${flag}\` is no option${of}`, {
    hint: near ? `did you mean --${near}?` : `${help} lists the options`,
  });
}

function checkComplete(
  options: Readonly<Record<string, unknown>>,
  inputs: readonly string[],
  { name, usage, inputs: wanted, options: table }: Command,
): void {
  const hint = `usage: slideloom ${name} ${usage}`.trimEnd();
  if (wanted === 'none' && inputs.length > 0)
    throw new UsageError(`${name} takes options only, but received "${inputs[0]}"`, { hint });
  if (wanted === 'some' && inputs.length === 0) throw new UsageError(`${name} needs at least one slide`, { hint });
  for (const [key, spec] of Object.entries(table))
    if (spec.required && options[key] === undefined) throw new UsageError(`${name} needs \`${toFlag(key)}\``, { hint });
}
