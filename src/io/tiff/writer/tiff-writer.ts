import { OutputError } from '../../../utils/errors.ts';
import { checkChoice, withDefaults } from '../../../utils/options.ts';
import { TAG } from '../tags.ts';
import { type AppendFile, openAppendFile } from './append-file.ts';
import { type BlockLayout, type BlockTable, createBlockTable } from './block-table.ts';
import { align, computeDirectorySize, encodeDirectory } from './encode-directory.ts';
import { setUint64, type TiffField } from './tiff-field.ts';

export interface TiffWriterOptions {
  /** `auto` is classic TIFF where all positions fit into 32 bits, else BigTIFF. */
  readonly format?: 'auto' | 'classic' | 'big';
  /** Wait until the disk has the bytes before the file takes its name. */
  readonly sync?: boolean;
}

export const TIFF_WRITER_DEFAULTS = { format: 'auto', sync: false } as const satisfies Required<TiffWriterOptions>;

/** Where a tile's or strip's bytes lie in the file. */
export interface StoredBlock {
  readonly offset: number;
  readonly length: number;
}

/** One image of the file. Its blocks (tiles or strips, row by row) may be placed in any order. */
export interface TiffWriterDirectory {
  readonly blockCount: number;
  /** Stores `bytes`, which must not change afterwards, as block `index`. */
  write(index: number, bytes: Uint8Array): Promise<StoredBlock>;
  /** Gives block `index` bytes that are stored already: equal blocks are stored once. */
  place(index: number, block: StoredBlock): void;
}

export interface PageOptions {
  /** Puts the image into the SubIFDs (tag 330) of this one, outside of the chain of pages. */
  readonly parent?: TiffWriterDirectory | undefined;
  /** Blocks that are never written get position and length 0, which readers take for a part that is missing. */
  readonly sparse?: boolean;
  /** More fields, asked for when all blocks are written. */
  readonly late?: (() => readonly TiffField[]) | undefined;
}

/**
 * Writes a TIFF of any size: blocks go to the end of the file as they come, directories are written last. Memory is one
 * piece of 1 MiB and 12 bytes a block. The order of `write` calls decides the bytes of the file.
 * Disposing of it before `finish` deletes the partial file.
 */
export interface TiffWriter extends AsyncDisposable {
  /** Adds an image; the file has them in this order. `fields` are all but size and block positions. */
  addDirectory(layout: BlockLayout, fields: readonly TiffField[], options?: PageOptions): TiffWriterDirectory;
  /** Writes the directories. @throws OutputError where a block is missing, or classic TIFF was asked and is too small */
  finish(): Promise<{ bytes: number; format: 'classic' | 'big' }>;
}

/** First bytes of the file, kept free for the header: 16 for BigTIFF, of which classic TIFF uses 8. */
const HEADER_BYTES = 16;
const PADDING = Uint8Array.of(0);
const CLASSIC_LIMIT = 2 ** 32;

/** @throws OutputError where the file can't be created */
export async function createTiffWriter(path: string, options?: TiffWriterOptions): Promise<TiffWriter> {
  const { format, sync } = withDefaults(TIFF_WRITER_DEFAULTS, options);
  checkChoice('format', format, ['auto', 'classic', 'big']);
  const file = await openAppendFile(path, { sync });
  await file.append(new Uint8Array(HEADER_BYTES));
  return new StreamingTiffWriter(file, format);
}

interface PendingDirectory {
  readonly table: BlockTable;
  readonly fields: readonly TiffField[];
  readonly options: PageOptions;
  readonly children: PendingDirectory[];
}

/** A directory that is ready to be written. */
interface Page {
  readonly fields: readonly TiffField[];
  /** In the chain of pages, and so linked to the next one of them. */
  readonly root: boolean;
  /** Value of its SubIFDs, filled in when positions are known. */
  readonly subs: Float64Array;
}

class StreamingTiffWriter implements TiffWriter {
  readonly #file: AppendFile;
  readonly #format: 'auto' | 'classic' | 'big';
  readonly #directories: PendingDirectory[] = [];
  readonly #known = new Map<TiffWriterDirectory, PendingDirectory>();

  constructor(file: AppendFile, format: 'auto' | 'classic' | 'big') {
    this.#file = file;
    this.#format = format;
  }

  addDirectory(layout: BlockLayout, fields: readonly TiffField[], options: PageOptions = {}): TiffWriterDirectory {
    const table = createBlockTable(layout);
    const pending: PendingDirectory = { table, fields, options, children: [] };
    const siblings = options.parent ? this.#known.get(options.parent)?.children : this.#directories;
    if (!siblings) throw new RangeError('the parent is no directory of this file');
    siblings.push(pending);
    const directory: TiffWriterDirectory = {
      blockCount: table.count,
      place: (index, block) => table.set(index, block),
      write: async (index, bytes) => {
        // TIFF asks that blocks begin on even positions.
        const padding = this.#file.end % 2;
        const block = { offset: this.#file.end + padding, length: bytes.length };
        table.set(index, block);
        await this.#file.append(padding === 0 ? bytes : Buffer.concat([PADDING, bytes]));
        return block;
      },
    };
    this.#known.set(directory, pending);
    return directory;
  }

  async finish(): Promise<{ bytes: number; format: 'classic' | 'big' }> {
    this.#checkComplete();
    const pages = this.#directories.flatMap((root) => [
      createPage(root, true),
      ...root.children.map((child) => createPage(child, false)),
    ]);
    const first = align(this.#file.end);
    const big = this.#chooseBig(first, pages);
    const offsets = placePages(first, pages, big);
    await this.#file.append(new Uint8Array(first - this.#file.end));
    for (const [index, { fields, root }] of pages.entries()) {
      const nextRoot = root ? pages.findIndex((page, other) => other > index && page.root) : -1;
      const next = offsets[nextRoot] ?? 0;
      await this.#file.append(encodeDirectory(fields, { offset: this.#file.end, big, last: nextRoot < 0, next }));
    }
    await this.#file.complete(encodeHeader(first, big));
    return { bytes: this.#file.end, format: big ? 'big' : 'classic' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  #checkComplete(): void {
    if (this.#directories.length === 0) throw new OutputError(this.#file.path, 'a TIFF needs at least one image');
    const all = this.#directories.flatMap((root) => [root, ...root.children]);
    const missing = all.findIndex(({ table, options }) => !options.sparse && table.findMissing() >= 0);
    if (missing < 0) return;
    const block = all[missing]?.table.findMissing();
    throw new OutputError(this.#file.path, `block ${block} of image ${missing} was never written`);
  }

  #chooseBig(first: number, pages: readonly Page[]): boolean {
    const end = pages.reduce((sum, { fields }) => sum + computeDirectorySize(fields, false), first);
    const fits = end <= CLASSIC_LIMIT;
    if (this.#format === 'classic' && !fits) {
      throw new OutputError(this.#file.path, `${end} bytes do not fit into a classic TIFF`, {
        hint: 'write a BigTIFF (format: auto or big)',
      });
    }
    return this.#format === 'big' || !fits;
  }
}

function createPage({ fields, table, options, children }: PendingDirectory, root: boolean): Page {
  const subs = new Float64Array(children.length);
  const own = [...fields, ...(options.late?.() ?? []), ...table.getFields()];
  if (children.length > 0) own.push({ tag: TAG.SubIFDs, type: 'offset', value: subs });
  return { fields: own, root, subs };
}

/** Where each page will lie; a page's SubIFDs follow it and are entered in it. */
function placePages(first: number, pages: readonly Page[], big: boolean): number[] {
  const offsets: number[] = [];
  let at = first;
  let parent: Page | undefined;
  let child = 0;
  for (const page of pages) {
    offsets.push(at);
    if (page.root) {
      parent = page;
      child = 0;
    } else if (parent) parent.subs[child++] = at;
    at += computeDirectorySize(page.fields, big);
  }
  return offsets;
}

function encodeHeader(firstDirectory: number, big: boolean): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0x4949);
  view.setUint16(2, big ? 43 : 42, true);
  if (big) {
    view.setUint16(4, 8, true);
    setUint64(view, 8, firstDirectory);
  } else {
    view.setUint32(4, firstDirectory, true);
  }
  return header;
}
