import type { CollisionPolicy } from '../../../utils/extract/options.ts';
import type { UndoEvent, UndoReport } from '../../../utils/extract/undo-collect.ts';
import type { CollectEvent, CollectReport } from '../../../utils/extract.ts';
import { collectFiles, undoCollect } from '../../../utils/extract.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import { toFlag } from '../../option-table.ts';
import { checkWithFlags } from '../../options/convert.ts';
import { UsageError } from '../../usage-error.ts';
import { formatCollected, formatUndone } from './format-collected.ts';

export interface CollectArguments {
  readonly inputs: readonly string[];
  readonly out: string | undefined;
  readonly ext: readonly string[] | undefined;
  readonly logSuffix: readonly string[] | undefined;
  readonly logs: string | undefined;
  readonly onCollision: CollisionPolicy | undefined;
  readonly dryRun: boolean | undefined;
  readonly removeEmpty: boolean | undefined;
  readonly deleteUnmatched: boolean | undefined;
  readonly yes: boolean | undefined;
  readonly undo: string | undefined;
}

/** Events that a JSON result holds; the journal has them all. */
const MOST_EVENTS = 10_000;

/** @throws UsageError; OutputError; AbortedError */
export function runCollect(args: CollectArguments, context: CommandContext): Promise<CommandExit> {
  return args.undo === undefined ? runForward(args, context) : runUndo(args, args.undo, context);
}

async function runForward(args: CollectArguments, context: CommandContext): Promise<CommandExit> {
  const { source, out } = checkPlaces(args);
  const { ext, logSuffix, logs, onCollision, removeEmpty, deleteUnmatched } = args;
  if (args.yes === true && deleteUnmatched !== true)
    throw new UsageError('`--yes` is for `--delete-unmatched`', { hint: 'nothing else asks for it' });
  const unconfirmed = deleteUnmatched === true && args.yes !== true && args.dryRun !== true;
  const dryRun = args.dryRun === true || unconfirmed;
  const told = createTeller<CollectEvent>(context, (event) => dryRun || isTold(event, args));
  const report = await withProgress(context, (onProgress) =>
    withFlags(() =>
      collectFiles(source, {
        ...{ out, logs, extensions: ext, logSuffixes: logSuffix },
        ...{ onCollision, removeEmpty, deleteUnmatched, dryRun },
        ...{ signal: context.signal, onEvent: told.tell, onProgress },
      }),
    ),
  );
  if (context.json) context.stdout({ ...report, events: told.events, eventsLeftOut: told.leftOut });
  else for (const line of formatCollected(report)) context.stdout(line);
  if (unconfirmed)
    throw new UsageError('nothing was changed: `--delete-unmatched` needs `--yes`', {
      hint: 'look at what would be deleted, then give --yes too; --dry-run only lists',
    });
  return isFailed(report) ? 1 : 0;
}

async function runUndo(args: CollectArguments, journal: string, context: CommandContext): Promise<CommandExit> {
  const { undo: _undo, inputs, ...others } = args;
  const other = (
    ['out', 'ext', 'logSuffix', 'logs', 'onCollision', 'dryRun', 'removeEmpty', 'deleteUnmatched', 'yes'] as const
  ).find((key) => others[key] !== undefined);
  if (inputs.length > 0 || other !== undefined)
    throw new UsageError(
      `\`--undo\` takes the journal only, but received ${other ? `\`${toFlag(other)}\`` : inputs[0]}`,
    );
  const told = createTeller<UndoEvent>(context, ({ kind }) => kind !== 'back');
  const report: UndoReport = await withProgress(context, (onProgress) =>
    withFlags(() => undoCollect(journal, { signal: context.signal, onEvent: told.tell, onProgress })),
  );
  if (context.json) context.stdout({ ...report, events: told.events, eventsLeftOut: told.leftOut });
  else for (const line of formatUndone(report)) context.stdout(line);
  return report.conflicts > 0 ? 1 : 0;
}

function checkPlaces({ inputs, out }: CollectArguments): { source: string; out: string } {
  const [source, ...more] = inputs;
  const hint = 'usage: slideloom collect FOLDER --out DIR --ext EXTENSIONS';
  if (source === undefined || more.length > 0)
    throw new UsageError(`collect takes one folder, but received ${inputs.length}`, { hint });
  if (out === undefined) throw new UsageError('collect needs `--out`', { hint });
  return { source, out };
}

/** The library's names of options as flags, in faults that come late as well. */
async function withFlags<T>(work: () => Promise<T>): Promise<T> {
  const outcome = await work().then(
    (value) => () => value,
    (error: unknown) => (): T => {
      throw error;
    },
  );
  return checkWithFlags({ extensions: 'ext', logSuffixes: 'logSuffix' }, outcome);
}

async function withProgress<T>(
  context: CommandContext,
  work: (update: (files: number) => void) => Promise<T>,
): Promise<T> {
  using progress = context.createProgress({ label: 'collect', unit: 'files' });
  return await work((files) => progress.update(files));
}

/** What was left, failed or is deleted is always told, each move only in a dry run. */
function isTold({ kind }: CollectEvent, { deleteUnmatched }: CollectArguments): boolean {
  return ['equal', 'skip', 'collision', 'failed'].includes(kind) || (kind === 'delete' && deleteUnmatched === true);
}

/** Lines for people as things happen; the first ones of them for JSON. */
function createTeller<E extends CollectEvent | UndoEvent>(context: CommandContext, isWanted: (event: E) => boolean) {
  const events: object[] = [];
  const told = {
    events,
    leftOut: 0,
    tell(event: E): void {
      if (!isWanted(event)) context.log.debug(formatEvent(event));
      else if (!context.json) context.stdout(formatEvent(event));
      else if (events.length < MOST_EVENTS) events.push(toJson(event));
      else told.leftOut++;
    },
  };
  return told;
}

function toJson(event: CollectEvent | UndoEvent): object {
  return event.kind === 'failed' ? { ...event, error: describeError(event.error) } : event;
}

function formatEvent(event: CollectEvent | UndoEvent): string {
  if (event.kind === 'failed') {
    const { message, hint } = describeError(event.error);
    return `failed: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  }
  if (event.kind === 'conflict') return `left: ${event.path}: ${event.reason} (${event.to})`;
  const names = 'from' in event ? `${event.from} -> ${event.to}` : event.path;
  return `${event.kind}: ${names}`;
}

function isFailed({ failed, collisions }: CollectReport): boolean {
  return failed + collisions > 0;
}
