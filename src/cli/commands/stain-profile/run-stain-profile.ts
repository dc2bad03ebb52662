import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isPlausible } from '../../../preprocessing/stain-normalization/fit/refuse-implausible.ts';
import { loadStainMethod } from '../../../preprocessing/stain-normalization/methods.ts';
import { STAIN_DEFAULTS } from '../../../preprocessing/stain-normalization/options.ts';
import { listStainColors } from '../../../preprocessing/stain-normalization/pictures/stain-colors.ts';
import { compareProfiles } from '../../../preprocessing/stain-normalization/profiles/compare-profiles.ts';
import {
  readStainProfile,
  writeStainProfile,
} from '../../../preprocessing/stain-normalization/profiles/profile-file.ts';
import {
  combineProfiles,
  type StainProfile,
} from '../../../preprocessing/stain-normalization/profiles/stain-profile.ts';
import { createStainNormalizer, fitStainProfile } from '../../../preprocessing/stain-normalization.ts';
import { openSlide } from '../../../slide/open-slide.ts';
import { OptionError, OutputError } from '../../../utils/errors.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { describeError } from '../../describe-error.ts';
import { dropUndefined } from '../../options/convert.ts';
import { toSlideOptions } from '../../options/slide.ts';
import type { StainProfileArguments } from '../../options/stain-profile.ts';
import { findProfiles, type ProfileTask } from './find-profiles.ts';
import { formatProfiles } from './format-profiles.ts';
import type { ProfileEntry } from './profile-entry.ts';
import { checkPicturePath, writePicture } from './write-picture.ts';

/** One that can't be read does not stop the others. @throws OptionError, AbortedError, OutputError */
export async function runStainProfile(
  inputs: readonly string[],
  args: StainProfileArguments,
  context: CommandContext,
): Promise<CommandExit> {
  const { mpp, mppCsv, slide } = toSlideOptions(args);
  if (args.picture !== undefined) checkPicturePath(args.picture);
  const tasks = await findProfiles(inputs, { mpp, mppCsv, onWarning: context.log.warn });
  const reader = { args, slide, context };
  const found: { task: ProfileTask; profile: StainProfile }[] = [];
  const failures: ProfileEntry[] = [];
  using progress = context.createProgress({ label: 'stain-profile', unit: 'profiles', total: tasks.length });
  for (const [index, task] of tasks.entries()) {
    context.signal.throwIfAborted();
    try {
      found.push({ task, profile: await readProfile(task, reader) });
    } catch (error) {
      context.signal.throwIfAborted();
      failures.push({ input: task.name, status: 'failed', error: describeError(error) });
    }
    progress.update(index + 1);
  }
  progress.done();
  if (args.cohort && found.length > 0) {
    const profile = combineAll(found.map((one) => one.profile));
    found.push({ task: { id: 'cohort', name: 'cohort', path: '', mpp: undefined }, profile });
  }
  const against = await findAgainst(found, reader);
  const written = await writeProfiles(found, args);
  const entries = found.map(({ task, profile }): ProfileEntry => describeEntry(task.name, profile, against?.profile));
  const named = found.map(({ task, profile }) => ({ name: task.name, profile }));
  const isShown = found.some(({ profile }) => profile === against?.profile);
  if (args.picture !== undefined) await writePicture(args.picture, against && !isShown ? [...named, against] : named);
  const files = { against: against?.name, written, picture: args.picture };
  const all = [...entries, ...failures];
  context.stdout(context.json ? { profiles: all, ...files } : formatProfiles(all, files));
  return failures.length > 0 ? 1 : 0;
}

interface Reader {
  readonly args: StainProfileArguments;
  readonly slide: ReturnType<typeof toSlideOptions>['slide'];
  readonly context: CommandContext;
}

async function readProfile(
  { path, mpp }: Pick<ProfileTask, 'path' | 'mpp'>,
  { args, slide: options, context }: Reader,
): Promise<StainProfile> {
  if (extname(path).toLowerCase() === '.json') return readStainProfile(path);
  const { method, patches, seed } = args;
  await using slide = await openSlide(path, { ...options, mpp });
  return await fitStainProfile(slide, { ...dropUndefined({ method, patches, seed }), signal: context.signal });
}

function describeEntry(input: string, profile: StainProfile, against: StainProfile | undefined): ProfileEntry {
  const { statistics } = profile;
  const comparison = against && compareProfiles(profile, against);
  const colors = statistics?.kind === 'stains' ? { colors: listStainColors(statistics) } : {};
  const plausible = statistics ? { plausible: isPlausible(statistics) } : {};
  return { input, status: profile.status, profile, ...plausible, ...colors, ...(comparison && { comparison }) };
}

/** @throws OptionError for profiles of several methods, of which there is no mean */
function combineAll(profiles: readonly StainProfile[]): StainProfile {
  const methods = new Set(profiles.map(({ method }) => method));
  if (methods.size > 1) throw new OptionError('--cohort', 'profiles of one method', [...methods].join(', '));
  return combineProfiles(profiles);
}

/** What is given, or the reference of the method, or the first of several. */
async function findAgainst(found: readonly { task: ProfileTask; profile: StainProfile }[], reader: Reader) {
  const { against } = reader.args;
  if (against !== undefined)
    return { name: against, profile: await readProfile({ path: against, mpp: undefined }, reader) };
  const [first] = found;
  const method = first?.profile.method ?? STAIN_DEFAULTS.method;
  if ((await loadStainMethod(method)).reference)
    return { name: `reference of ${method}`, profile: (await createStainNormalizer({ method })).target };
  return first && found.length > 1 ? { name: first.task.name, profile: first.profile } : undefined;
}

/** The only one or the cohort to a file, else each to a folder. @throws OutputError */
async function writeProfiles(
  found: readonly { task: ProfileTask; profile: StainProfile }[],
  { out, cohort, overwrite }: StainProfileArguments,
): Promise<string[]> {
  if (out === undefined) return [];
  const isFolder = out.endsWith('/') || (await exists(out, 'folder'));
  const chosen = cohort ? found.slice(-1) : found;
  const written: string[] = [];
  for (const { task, profile } of chosen) {
    const path = chosen.length > 1 || isFolder ? join(out, `${task.id}.json`) : out;
    if (!overwrite && (await exists(path, 'file')))
      throw new OutputError(path, 'is there already', { hint: 'choose another --out, or --overwrite' });
    await writeStainProfile(path, profile);
    written.push(path);
  }
  return written;
}

function exists(path: string, kind: 'file' | 'folder'): Promise<boolean> {
  return stat(path).then(
    (stats) => (kind === 'folder' ? stats.isDirectory() : true),
    () => false,
  );
}
