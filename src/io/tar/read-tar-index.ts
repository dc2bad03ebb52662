import { type FileHandle, open } from 'node:fs/promises';
import { SourceError } from '../../utils/errors.ts';
import { getTarPadding, TAR_BLOCK } from './tar-header.ts';

/** Where the content of an entry lies in its tar file, in bytes. */
export interface TarRange {
  readonly offset: number;
  readonly length: number;
}

const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const CHECKSUM = [148, 156] as const;
const TYPE = 156;
/** Types of a plain file. */
const FILES = ['0', '\0'];

/**
 * The files of a tar file by their names, of those with names of at most 100 bytes, as shards have them. Only headers are read.
 * @throws SourceError where it can't be read, or is no tar file
 */
export async function readTarIndex(path: string): Promise<Map<string, TarRange>> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  try {
    return await readEntries(file, path);
  } finally {
    await file.close();
  }
}

async function readEntries(file: FileHandle, path: string): Promise<Map<string, TarRange>> {
  const { size: end } = await file.stat();
  const entries = new Map<string, TarRange>();
  const block = Buffer.alloc(TAR_BLOCK);
  for (let at = 0; at + TAR_BLOCK <= end; ) {
    await file.read(block, 0, TAR_BLOCK, at);
    // The end is two blocks of zeros.
    if (block.every((byte) => byte === 0)) break;
    const length = parseOctal(block, SIZE);
    const offset = at + TAR_BLOCK;
    if (length === undefined || parseOctal(block, CHECKSUM) !== sumHeader(block) || offset + length > end)
      throw new SourceError(path, `damaged, or no tar file: a bad header at byte ${at}`);
    const name = block.toString('latin1', ...NAME).replace(/\0.*$/s, '');
    if (FILES.includes(String.fromCharCode(block[TYPE] ?? 0))) entries.set(name, { offset, length });
    at = offset + length + getTarPadding(length);
  }
  return entries;
}

function parseOctal(block: Buffer, [from, to]: readonly [number, number]): number | undefined {
  const text = block
    .toString('latin1', from, to)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Of all bytes, those of the checksum itself as spaces. */
function sumHeader(block: Buffer): number {
  const [from, to] = CHECKSUM;
  return block.reduce((sum, byte, at) => sum + (at >= from && at < to ? 32 : byte), 0);
}
