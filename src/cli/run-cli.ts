/**
 * The command line as a function: words in, exit code out. Nothing here ends the process or installs handlers, so tests
 * call it as it is; `main.ts` gives it the process.
 */
import { createLogger, type LogLevel, type TextStream } from '../utils/log.ts';
import { createProgress } from '../utils/progress.ts';
import { VERSION } from '../utils/version.ts';
import { loadCommand } from './commands.ts';
import type { Command, CommandContext } from './define-command.ts';
import { describeError, EXIT, formatError, toExitCode } from './describe-error.ts';
import { formatHelp } from './format-help.ts';
import { completeArguments, createUnknownCommandError, parseFlags, splitCommand } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';

export interface CliIo {
  readonly stdout: TextStream & { readonly columns?: number };
  readonly stderr: TextStream;
  /** Stops the command; it then ends with exit code 130. */
  readonly signal?: AbortSignal;
}

/** Runs one command line and resolves with its exit code; it never rejects. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  // Wanted before anything is parsed, because parsing fails too.
  const asked = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  const voice: Voice = { json: asked.includes('--json'), verbose: asked.includes('--verbose'), answered: false };
  try {
    return await dispatch(argv, io, voice);
  } catch (thrown) {
    const error: unknown = io.signal?.aborted ? io.signal.reason : thrown;
    // One document on stdout: where a result was given before the interrupt, this is a line like all others on stderr.
    if (voice.json && voice.answered) io.stderr.write(`${JSON.stringify({ error: describeError(error) })}\n`);
    else if (voice.json) io.stdout.write(`${formatJson({ error: describeError(error) })}\n`);
    else io.stderr.write(formatError(error, voice.verbose));
    return toExitCode(error);
  }
}

/** How results and errors are told; a config file may change it. */
interface Voice {
  json: boolean;
  verbose: boolean;
  /** A result is on stdout. */
  answered: boolean;
}

async function dispatch(argv: readonly string[], io: CliIo, voice: Voice): Promise<number> {
  const { name, rest } = splitCommand(argv);
  const command = name === undefined ? undefined : await loadCommand(name);
  if (name !== undefined && !command && name !== 'help') throw createUnknownCommandError(name);
  const given = parseFlags(rest, command);
  if (given.options['version']) return print(io, VERSION);
  if (given.options['help'] || name === 'help') return print(io, await formatHelp(command, io.stdout.columns));
  if (!command) throw new UsageError('no command was given', { hint: 'slideloom --help lists the commands' });
  const args = await completeArguments(given, command);
  const { json, verbose, quiet } = readGlobals(args);
  Object.assign(voice, { json, verbose });
  return runCommand(command, args, createContext(io, voice, quiet));
}

function print(io: CliIo, text: string): number {
  io.stdout.write(`${text}\n`);
  return EXIT.done;
}

async function runCommand(
  command: Command,
  args: Parameters<Command['run']>[0],
  context: CommandContext,
): Promise<number> {
  context.signal.throwIfAborted();
  const code = await command.run(args, context);
  if (!command.endsWithInterrupt) context.signal.throwIfAborted();
  return code;
}

function readGlobals(args: Readonly<Record<string, unknown>>) {
  return { json: args['json'] === true, verbose: args['verbose'] === true, quiet: args['quiet'] === true };
}

function createContext(io: CliIo, voice: Voice, quiet: boolean): CommandContext {
  const { json, verbose } = voice;
  const level: LogLevel = verbose ? 'debug' : quiet ? 'warn' : 'info';
  return {
    json,
    log: createLogger({ level, json, stream: io.stderr }),
    signal: io.signal ?? new AbortController().signal,
    stdout(value) {
      voice.answered = true;
      io.stdout.write(`${typeof value === 'string' ? value : formatJson(value)}\n`);
    },
    createProgress: (options) => createProgress({ ...options, stream: io.stderr, json, quiet }),
  };
}

function formatJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
