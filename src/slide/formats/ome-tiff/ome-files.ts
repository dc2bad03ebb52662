import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { openFileSource } from '../../../io/source/file-source.ts';
import { openTiff, type Tiff } from '../../../io/tiff/open-tiff.ts';
import { isSlideloomError, SourceError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { readOmeHead } from './ome-head.ts';
import type { OmeFileReference } from './ome-model.ts';

/** Files of the folder that are looked into for a UUID, when a file has another name than the OME-XML says. */
const MAX_CANDIDATES = 200;
/** Open files of one set: each channel of the chosen plane may have its own. */
const MAX_OPEN = 128;

/** The file that was opened, as a member of its set. */
export interface OwnFile {
  readonly source: ByteSource;
  /** Undefined for a companion file, which is XML alone. */
  readonly tiff: Tiff | undefined;
  readonly uuid: string | undefined;
}

/** The files of a set, each opened when it is first needed and kept until `close`. The own file is not closed. */
export interface OmeFiles {
  /**
   * @throws SourceError where the file is not beside the own one, UnsupportedFormatError where it is no TIFF
   */
  open(reference: OmeFileReference | undefined): Promise<Tiff>;
  /** The own file, and those that were opened beside it. */
  listSources(): readonly ByteSource[];
  close(): Promise<void>;
}

/** @param references all that the OME-XML names: where it names one file only, that file is the own one, renamed. */
export function createOmeFiles(own: OwnFile, references: readonly (OmeFileReference | undefined)[]): OmeFiles {
  const keys = new Set(references.map((reference) => reference && getKey(reference)));
  const opened = new Map<string, Tiff>();
  return {
    async open(reference) {
      if (!reference || isOwn(own, reference) || (own.tiff && keys.size === 1)) {
        if (own.tiff) return own.tiff;
        throw new UnsupportedFormatError(own.source.name, 'the OME-XML does not say in which file the pixels are');
      }
      const key = getKey(reference);
      const known = opened.get(key);
      if (known) return known;
      if (opened.size >= MAX_OPEN)
        throw new UnsupportedFormatError(own.source.name, `one plane in more than ${MAX_OPEN} files`);
      const tiff = await openMember(own, reference);
      opened.set(key, tiff);
      return tiff;
    },
    listSources: () => [own.source, ...[...opened.values()].map(({ source }) => source)],
    async close() {
      await Promise.all([...opened.values()].map(({ source }) => source.close()));
      opened.clear();
    },
  };
}

function getKey({ uuid, fileName }: OmeFileReference): string {
  return uuid ?? fileName ?? '';
}

/** By UUID, which a renamed file keeps; by name where there is none. */
function isOwn({ source, uuid }: OwnFile, reference: OmeFileReference): boolean {
  if (getKey(reference) === '') return true;
  if (reference.uuid !== undefined && uuid !== undefined) return reference.uuid === uuid;
  return reference.fileName !== undefined && reference.fileName === basename(source.name);
}

/** The file of that name in the own file's folder, or any TIFF there that has the UUID. */
async function openMember({ source }: OwnFile, { uuid, fileName }: OmeFileReference): Promise<Tiff> {
  if (source.path === undefined)
    throw new SourceError(source.name, `a part of the slide is in another file, ${fileName ?? uuid}`, {
      hint: 'a set of OME-TIFF files can only be opened from a folder: copy all of them into one',
    });
  const folder = dirname(source.path);
  // A name is a name: a path in a slide's metadata leads nowhere.
  const named = fileName === undefined || basename(fileName) !== fileName ? [] : [fileName];
  const others = uuid === undefined ? [] : await listTiffs(folder, [basename(source.path), ...named]);
  for (const name of [...named, ...others]) {
    const tiff = await tryMember(join(folder, name), { uuid, mustMatch: !named.includes(name) });
    if (tiff) return tiff;
  }
  const what = [fileName, uuid].filter((part) => part !== undefined).join(', ');
  throw new SourceError(source.name, `a file of the set is missing: ${what}`, {
    hint: `put all files of the set into ${folder}`,
  });
}

async function listTiffs(folder: string, without: readonly string[]): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.tiff?$/i.test(name) && !without.includes(name))
    .sort()
    .slice(0, MAX_CANDIDATES);
}

/** Undefined where there is no such file, or one with another UUID. */
async function tryMember(
  path: string,
  { uuid, mustMatch }: { uuid: string | undefined; mustMatch: boolean },
): Promise<Tiff | undefined> {
  let source: ByteSource | undefined;
  try {
    source = await openFileSource(path);
    const tiff = await openTiff(source);
    const found = tiff && (await readOmeHead(tiff))?.uuid;
    // A file of the right name without a UUID of its own is believed.
    const right = mustMatch ? found !== undefined && found === uuid : !found || !uuid || found === uuid;
    if (tiff && right) return tiff;
  } catch (error) {
    if (!mustMatch && !isSlideloomError(error, 'source')) throw await closeAfter(source, error);
  }
  await source?.close();
  return undefined;
}

async function closeAfter(source: ByteSource | undefined, error: unknown): Promise<unknown> {
  await source?.close().catch(() => {});
  return error;
}
