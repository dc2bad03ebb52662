/** Stain profiles as JSON files. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../../utils/atomic-file.ts';
import { canonicalJson } from '../../../utils/canonical-json.ts';
import { SourceError } from '../../../utils/errors.ts';
import { getErrorCode } from '../../../utils/output-error.ts';
import type { StainProfile } from './stain-profile.ts';

/** Name of a slide's profile in the folder of its outputs. */
export const PROFILE_NAME = 'stain-profile.json';

/** @throws OutputError */
export async function writeStainProfile(path: string, profile: StainProfile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(profile, undefined, 1)}\n`);
}

/** @throws SourceError where the file can't be read or is no profile */
export async function readStainProfile(path: string): Promise<StainProfile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  return parseStainProfile(path, text);
}

/** `name` is for messages. @throws SourceError */
export async function parseStainProfile(name: string, text: string): Promise<StainProfile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SourceError(name, 'a stain profile is JSON, and this is not', { cause });
  }
  const { profileSchema } = await import('./profile-schema.ts');
  const parsed = profileSchema.safeParse(json);
  if (parsed.success) return parsed.data as StainProfile;
  const [issue] = parsed.error.issues;
  throw new SourceError(name, `not a stain profile: ${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}

/** The profile of this very input under these very parameters, where the file is one; damaged ones count as absent. */
export async function findCachedProfile(
  path: string,
  wanted: Pick<StainProfile, 'method' | 'of' | 'inputs' | 'parameters'>,
): Promise<StainProfile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw new SourceError(path, error instanceof Error ? error.message : String(error), { cause: error });
  });
  if (text === undefined) return undefined;
  const found = await parseStainProfile(path, text).catch(() => undefined);
  return found && describe(found) === describe(wanted) ? found : undefined;
}

function describe({ method, of, inputs, parameters }: Pick<StainProfile, 'method' | 'of' | 'inputs' | 'parameters'>) {
  return canonicalJson(JSON.parse(JSON.stringify({ method, of, inputs, parameters })));
}
