import { type FileHandle, open } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { TensorMessage } from './messages.ts';
import { readTensorShape, type Tensor, viewAs } from './tensor.ts';
import { WireFault } from './wire-reader.ts';

/** Bytes of one read. */
const READ_BYTES = 1 << 26;

/**
 * Reads tensors that lie in files beside the model, each by its offset: memory is that of the tensors, whatever the size of
 * the files. A location outside the model's folder is refused, as no exporter writes one and a stranger's model might.
 */
export class ExternalData implements AsyncDisposable {
  readonly #folder: string;
  readonly #files = new Map<string, FileHandle>();

  constructor(modelPath: string) {
    this.#folder = dirname(modelPath);
  }

  /** @throws WireFault for a damaged description or a file too short; the system's error where a file can't be read */
  async read(message: TensorMessage): Promise<Tensor> {
    const { type, dims, bytes } = readTensorShape(message);
    const entries = readEntries(message);
    const offset = readNumber(entries, 'offset', 0);
    const length = readNumber(entries, 'length', bytes);
    if (length !== bytes)
      throw new WireFault(`tensor "${message.name ?? ''}" has ${length} bytes, its shape asks for ${bytes}`);
    const file = await this.#open(entries.get('location') ?? '');
    const { size } = await file.stat();
    if (offset + bytes > size)
      throw new WireFault(`tensor "${message.name ?? ''}" ends at ${offset + bytes}, its file at ${size}`);
    const raw = new Uint8Array(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(raw, at, Math.min(READ_BYTES, bytes - at), offset + at);
      if (bytesRead === 0) throw new WireFault(`the file of tensor "${message.name ?? ''}" became shorter`);
      at += bytesRead;
    }
    return { type, dims, data: viewAs(type, raw) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => file.close()));
  }

  async #open(location: string): Promise<FileHandle> {
    const known = this.#files.get(location);
    if (known) return known;
    const file = await open(join(this.#folder, checkLocation(location)));
    this.#files.set(location, file);
    return file;
  }
}

/** @returns the path below the model's folder @throws WireFault where it leads out of it */
export function checkLocation(location: string): string {
  const path = normalize(location);
  if (location === '' || location.includes('\0') || isAbsolute(path) || path.split(sep).includes('..'))
    throw new WireFault(`data in "${location}", which is not beside the model`);
  return path;
}

/** The file that an external tensor lies in, as the model names it: a path below the model's folder, where the model is sound. */
export function getLocation(message: TensorMessage): string {
  return readEntries(message).get('location') ?? '';
}

function readEntries({ externalData = [] }: TensorMessage): Map<string, string> {
  return new Map(externalData.map(({ key = '', value = '' }) => [key, value]));
}

function readNumber(entries: ReadonlyMap<string, string>, key: string, absent: number): number {
  const text = entries.get(key);
  if (text === undefined) return absent;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new WireFault(`external data with ${key} "${text}"`);
  return value;
}
