import { createViewerApp } from '../create-app.ts';
import { resolveViewer, type ViewerConfig } from '../options.ts';
import { listPageFiles } from '../page-files.ts';
import type { Problem } from '../problem.ts';
import { openSlidePictures } from '../slide-pictures.ts';

/**
 * The viewer's server without a socket: what it answers is what an export holds, so that a folder of files and `slideloom view` can't
 * differ. Whoever opens it closes it.
 */
export interface InsideServer extends AsyncDisposable {
  /** Ids, in order. */
  readonly slides: readonly string[];
  /** Paths and addresses of slides: not for others' eyes. */
  readonly places: readonly string[];
  /** Paths that are not served, as links lead out of the folder they were found in. */
  readonly outside: readonly string[];
  /** Files of the page, by their addresses. */
  readonly page: readonly string[];
  /** Pictures that it makes at once. */
  readonly size: number;
  /** @param path an address before it is encoded. @throws AnswerError */
  ask(path: string): Promise<Uint8Array>;
  /** @throws AnswerError */
  askJson<T>(path: string): Promise<T>;
}

/** The server said no. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const HOST = 'localhost';

/** @throws OptionError, SourceError */
export async function openInsideServer(
  config: ViewerConfig & { readonly views?: readonly string[] | undefined },
): Promise<InsideServer> {
  const page = await listPageFiles();
  // Each picture is asked for once: none is kept.
  const settings = resolveViewer({ ...config, cacheBytes: 0, stain: config.views?.length ? config.stain : false });
  const pictures = await openSlidePictures(settings);
  const app = createViewerApp(pictures, { hosts: new Set([HOST]), token: undefined });
  const { slides, outside } = pictures.collection;
  const ask = async (path: string) => {
    const address = path.split('/').map(encodeURIComponent).join('/');
    const response = await app.request(`http://${HOST}/${address}`, { headers: { host: HOST } });
    if (!response.ok) throw new AnswerError((await response.json()) as Problem);
    return new Uint8Array(await response.arrayBuffer());
  };
  return {
    slides: [...slides.keys()],
    places: [...slides.values()].flatMap(({ path, address }) => [path, address]),
    outside,
    page,
    size: Math.max(1, settings.workers),
    ask,
    async askJson<T>(path: string) {
      return JSON.parse(Buffer.from(await ask(path)).toString('utf8')) as T;
    },
    [Symbol.asyncDispose]: () => pictures[Symbol.asyncDispose](),
  };
}
