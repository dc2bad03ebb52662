import type { SourceIdentity } from '../../../io/source/byte-source.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { sha256 } from '../../../utils/hash.ts';
import type { ZarrStore } from './zarr-store.ts';

/** Bytes of a metadata file: consolidated ones of large collections fit. */
const MAX_DOCUMENT = 16 * 2 ** 20;

export type JsonObject = Readonly<Record<string, unknown>>;

/** A group or an array: its metadata, and the attributes that applications put there. */
export interface ZarrNode {
  readonly kind: 'group' | 'array';
  readonly version: 2 | 3;
  /** Key of the folder below the store; empty for the store's own. */
  readonly path: string;
  readonly document: JsonObject;
  readonly attributes: JsonObject;
}

/** Reads metadata, and keeps what tells the slide from another one. */
export interface ZarrNodes {
  readonly store: ZarrStore;
  /** SHA-256 and identity of each file read so far, by key. */
  readonly seen: ReadonlyMap<string, { readonly hash: string; readonly identity: SourceIdentity }>;
  /** Undefined where the folder is neither. @throws UnsupportedFormatError for metadata that are no JSON object */
  read(path: string): Promise<ZarrNode | undefined>;
  /** A file as it is; undefined where there is none. */
  readFile(key: string): Promise<Uint8Array | undefined>;
}

export function createZarrNodes(store: ZarrStore): ZarrNodes {
  const seen = new Map<string, { hash: string; identity: SourceIdentity }>();
  let version: 2 | 3 | undefined;
  const readFile = (key: string) =>
    store.with(key, async (source) => {
      if (source.size > MAX_DOCUMENT)
        throw new UnsupportedFormatError(source.name, `metadata of ${source.size} bytes, more than ${MAX_DOCUMENT}`);
      const bytes = await source.read(0, source.size);
      seen.set(key, { hash: sha256(bytes), identity: source.identity });
      return bytes;
    });
  const readJson = async (path: string, file: string) => {
    const key = path === '' ? file : `${path}/${file}`;
    const bytes = await readFile(key);
    return bytes && parseJsonObject(bytes, `${store.name}/${key}`);
  };
  const readVersion2 = async (path: string): Promise<ZarrNode | undefined> => {
    const array = await readJson(path, '.zarray');
    if (array) return { kind: 'array', version: 2, path, document: array, attributes: {} };
    const attributes = await readJson(path, '.zattrs');
    const group = await readJson(path, '.zgroup');
    if (!group && !attributes) return undefined;
    return { kind: 'group', version: 2, path, document: group ?? {}, attributes: attributes ?? {} };
  };
  const readVersion3 = async (path: string): Promise<ZarrNode | undefined> => {
    const document = await readJson(path, 'zarr.json');
    if (!document) return undefined;
    const kind = document['node_type'];
    if (kind !== 'group' && kind !== 'array')
      throw new UnsupportedFormatError(`${store.name}/${path}`, `zarr.json of a node of type ${JSON.stringify(kind)}`);
    const { attributes } = document;
    return { kind, version: 3, path, document, attributes: isJsonObject(attributes) ? attributes : {} };
  };
  return {
    ...{ store, seen, readFile },
    async read(path) {
      // A folder is of one version throughout: the first node says which.
      const node = (version !== 2 && (await readVersion3(path))) || (version !== 3 && (await readVersion2(path)));
      if (!node) return undefined;
      version ??= node.version;
      return node;
    },
  };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJsonObject(bytes: Uint8Array, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedFormatError(name, `damaged: no valid JSON (${why})`, { cause });
  }
  if (isJsonObject(value)) return value;
  throw new UnsupportedFormatError(name, 'damaged: no JSON object');
}
