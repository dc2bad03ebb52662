import { readFile } from 'node:fs/promises';
import { OptionError } from '../utils/errors.ts';
import { loadAllCommands } from './commands.ts';
import { getOptionTable } from './create-parser.ts';
import type { Command } from './define-command.ts';
import { type OptionSpec, parseOptionValue, toFlagName } from './option-table.ts';
import { suggest } from './suggest.ts';
import { UsageError } from './usage-error.ts';

export interface ConfigValues {
  readonly options: Readonly<Record<string, unknown>>;
  /** Slides, used where the command line names none. */
  readonly inputs: readonly string[] | undefined;
}

/** Not to be set by a file. */
const REFUSED = ['config', 'help', 'version'];

/**
 * Options from a YAML or JSON file: one object, keys as the flags without dashes or in camelCase, and `inputs`. One file
 * may serve several commands: an option of another command is passed over, a name that no command knows is an error.
 * Paths are relative to the working folder, as on the command line.
 * @throws UsageError
 */
export async function readConfig(file: string, command: Command): Promise<ConfigValues> {
  const content = await readObject(file);
  const known = await listKnown(command);
  const options: Record<string, unknown> = {};
  let inputs: readonly string[] | undefined;
  for (const [name, value] of Object.entries(content)) {
    const flag = toFlagName(name);
    if (flag === 'inputs') {
      inputs = parseInputs(file, value);
      continue;
    }
    const found = known.get(flag);
    if (!found) throw createUnknownKeyError(file, name, [...known.keys(), 'inputs']);
    if (found.own) options[found.key] = parseInFile(file, { name, key: found.key, spec: found.spec }, value);
  }
  return { options, inputs };
}

interface KnownOption {
  readonly key: string;
  readonly spec: OptionSpec;
  /** The command at hand takes it. */
  readonly own: boolean;
}

async function listKnown(command: Command): Promise<Map<string, KnownOption>> {
  const known = new Map<string, KnownOption>();
  const add = (of: Command, own: boolean) => {
    for (const [key, spec] of Object.entries(getOptionTable(of)))
      if (!REFUSED.includes(key)) known.set(toFlagName(key), { key, spec, own });
  };
  for (const other of await loadAllCommands()) add(other, false);
  add(command, true);
  return known;
}

async function readObject(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file}: the config file can not be read`, { cause });
  });
  // Seventy modules, for those who have such a file.
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new UsageError(`${file}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`, { cause });
  }
  if (content === null || content === undefined) return {};
  if (typeof content === 'object' && !Array.isArray(content)) return { ...content };
  throw new UsageError(`${file}: expected options such as "size: 256", one a line`);
}

function parseInFile(file: string, option: { name: string; key: string; spec: OptionSpec }, value: unknown): unknown {
  const { name, key, spec } = option;
  try {
    if (spec.type.startsWith('number') && [value].flat().some((one) => typeof one !== 'number'))
      throw new OptionError(key, spec.type === 'number' ? 'a number' : 'numbers', value);
    return parseOptionValue(key, spec, value);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new UsageError(`${file}: ${cause.message.replace(`\`${cause.option}\``, `\`${name}\``)}`, { cause });
  }
}

function parseInputs(file: string, value: unknown): readonly string[] {
  const inputs = [value].flat();
  if (inputs.every((one) => typeof one === 'string')) return inputs;
  throw new UsageError(`${file}: expected paths for \`inputs\``);
}

function createUnknownKeyError(file: string, name: string, names: readonly string[]): UsageError {
  const near = suggest(toFlagName(name), names);
  return new UsageError(`${file}: \`${name}\` is no option`, {
    hint: near ? `did you mean ${near}?` : 'use the names of the flags, without their dashes',
  });
}
