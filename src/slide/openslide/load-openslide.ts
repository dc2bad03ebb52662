import { isMainThread } from 'node:worker_threads';
import { MissingPartError } from '../../utils/errors.ts';
import { bindOpenSlide, importKoffi, type Koffi, type OpenSlideLibrary } from './binding.ts';

/** Names a library file, where the system does not find it by itself. */
export const LIBRARY_VARIABLE = 'SLIDELOOM_OPENSLIDE';

export interface LoadOpenSlideOptions {
  /** Path or name of the library; default: `SLIDELOOM_OPENSLIDE`, or where the system keeps its libraries. */
  readonly library?: string | undefined;
  /** Replaced in tests. */
  readonly importKoffi?: () => Promise<Koffi>;
}

const loaded = new Map<string, OpenSlideLibrary>();

/**
 * The system's OpenSlide, loaded once a thread. It needs the optional package koffi and the library itself.
 * @throws MissingPartError where either is missing, with what to install
 */
export async function loadOpenSlide(options: LoadOpenSlideOptions = {}): Promise<OpenSlideLibrary> {
  const wanted = options.library ?? (process.env[LIBRARY_VARIABLE] || undefined);
  const known = options.importKoffi ? undefined : loaded.get(wanted ?? '');
  if (known) return known;
  const koffi = await (options.importKoffi ?? importKoffi)().catch((cause: unknown) => {
    throw new MissingPartError(
      'koffi',
      `the package koffi, which calls OpenSlide, can't be loaded: ${explain(cause)}`,
      {
        cause,
        hint: 'npm install koffi',
      },
    );
  });
  const library = bindFirst(koffi, wanted === undefined ? listLibraryNames(process.platform) : [wanted]);
  if (!options.importKoffi) loaded.set(wanted ?? '', library);
  return library;
}

/** Newest first. Homebrew's folders are not among those that macOS searches by itself. */
export function listLibraryNames(platform: NodeJS.Platform): readonly string[] {
  if (platform === 'win32') return ['libopenslide-1.dll', 'libopenslide-0.dll'];
  if (platform !== 'darwin') return ['libopenslide.so.1', 'libopenslide.so.0'];
  const folders = ['', '/opt/homebrew/lib/', '/usr/local/lib/'];
  return ['libopenslide.1.dylib', 'libopenslide.0.dylib'].flatMap((name) => folders.map((folder) => folder + name));
}

function bindFirst(koffi: Koffi, names: readonly string[]): OpenSlideLibrary {
  const reasons: string[] = [];
  for (const name of names) {
    try {
      // A worker has nothing else to do meanwhile, and may be ended at any time: no call of it runs on another thread.
      return bindOpenSlide(koffi, name, isMainThread);
    } catch (error) {
      reasons.push(`${name}: ${explain(error)}`);
    }
  }
  const install =
    'install it (Debian, Ubuntu: apt-get install openslide-tools; macOS: brew install openslide; Windows: the build of ' +
    `openslide.org), or name its library with ${LIBRARY_VARIABLE}=PATH`;
  throw new MissingPartError('openslide', `OpenSlide's library can't be loaded (${reasons.join('; ')})`, {
    hint: install,
  });
}

function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Koffi's own first words, which the message around it says already.
  return (text.split('\n')[0] ?? text).replace(/^Failed to load shared library: /, '');
}
