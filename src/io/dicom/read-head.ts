import { DicomError, UnsupportedFormatError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { type DicomElement, DicomStructureFault, findElementEnd, readElement } from './element.ts';
import { formatTag, TAG } from './tags.ts';
import { getTransferSyntax, type TransferSyntax } from './transfer-syntax.ts';

/** All of a file before its pixels. */
export interface DicomHead {
  /** The file from its start to behind the last of `elements`. */
  readonly view: DataView;
  readonly syntax: TransferSyntax;
  /** Of the data set's top, in file order, without the pixel data; sequences are not looked into. */
  readonly elements: readonly TopElement[];
  /** The header of the pixel data; undefined where there are none, or where reading stopped before. */
  readonly pixelData: DicomElement | undefined;
}

export interface TopElement extends DicomElement {
  /** The first byte behind it. */
  readonly end: number;
}

/** 128 bytes of whatever one likes, then these (PS3.10, 7.1). */
const PREAMBLE = 128;
const MAGIC = 'DICM';
const FIRST_READ = 64 * 2 ** 10;
/** A sparse slide of 400,000 tiles takes about as much. */
const MAX_HEAD = 128 * 2 ** 20;
const MAX_ELEMENTS = 4096;
const EXPLICIT = { explicit: true, littleEndian: true } as const;

/** Whether the bytes are a DICOM file (PS3.10); false for anything else. */
export async function isDicomFile(source: ByteSource): Promise<boolean> {
  if (source.size < PREAMBLE + MAGIC.length) return false;
  const magic = await source.read(PREAMBLE, MAGIC.length);
  return Buffer.from(magic).toString('latin1') === MAGIC;
}

/**
 * Reads a file up to its pixel data, or up to the first element above `stopAt`. Reads 64 KiB, and more only where the
 * elements reach further.
 * @throws DicomError; UnsupportedFormatError for attributes that are deflated; ShortReadError and what else the source has to say
 */
export async function readDicomHead(source: ByteSource, options: { stopAt?: number } = {}): Promise<DicomHead> {
  try {
    return await readHead(source, options.stopAt ?? TAG.PixelData);
  } catch (error) {
    if (error instanceof DicomStructureFault) throw new DicomError(source.name, error.message, { cause: error });
    throw error;
  }
}

async function readHead(source: ByteSource, stopAt: number): Promise<DicomHead> {
  const head = await openHead(source);
  const meta = await readMeta(head);
  if (meta.syntax.deflated)
    throw new UnsupportedFormatError(
      source.name,
      `attributes in the transfer syntax ${meta.syntax.name}, which is not read`,
    );
  const elements: TopElement[] = [];
  let at = meta.end;
  for (;;) {
    const element = await head.read(at, meta.syntax);
    if (!element || element.tag > stopAt) return finish(undefined);
    if (isPixelData(element.tag)) return finish(element);
    at = await head.reach(element, meta.syntax);
    const count = elements.push({ ...element, end: at });
    if (count > MAX_ELEMENTS) throw new DicomStructureFault(`more than ${MAX_ELEMENTS} elements`);
  }

  function finish(pixelData: DicomElement | undefined): DicomHead {
    return { view: head.view(), syntax: meta.syntax, elements, pixelData };
  }
}

function isPixelData(tag: number): boolean {
  return tag === TAG.PixelData || tag === TAG.FloatPixelData || tag === TAG.DoubleFloatPixelData;
}

/** The file's meta information, group 2, which is always explicit little endian (PS3.10, 7.1). */
async function readMeta(head: GrowingHead): Promise<{ end: number; syntax: TransferSyntax }> {
  let uid: string | undefined;
  let at = PREAMBLE + MAGIC.length;
  for (;;) {
    // What follows may be encoded in another way: the group is looked at before the rest.
    const group = await head.readGroup(at);
    if (group !== 2) break;
    const element = await head.read(at, EXPLICIT);
    if (!element) break;
    const end = await head.reach(element, EXPLICIT);
    if (element.tag === TAG.TransferSyntaxUID) {
      const { buffer, byteOffset } = head.view();
      uid = Buffer.from(buffer, byteOffset + element.at, element.length ?? 0).toString('latin1');
    }
    at = end;
  }
  if (uid === undefined) throw new DicomStructureFault(`no transfer syntax ${formatTag(TAG.TransferSyntaxUID)}`);
  // Padded to an even length with a zero.
  return { end: at, syntax: getTransferSyntax(uid.replace(/[\0 ]+$/, '')) };
}

/** The first bytes of a file, more of them when they are asked for. */
interface GrowingHead {
  view(): DataView;
  readGroup(at: number): Promise<number | undefined>;
  /** The header at a byte; undefined at the end of the file. */
  read(at: number, encoding: TransferSyntax | typeof EXPLICIT): Promise<DicomElement | undefined>;
  /** The end of an element, all of which is in the view then. */
  reach(element: DicomElement, encoding: TransferSyntax | typeof EXPLICIT): Promise<number>;
}

async function openHead(source: ByteSource): Promise<GrowingHead> {
  if (!(await isDicomFile(source))) throw new DicomStructureFault('no DICOM file (the letters DICM at byte 128)');
  let bytes = await source.read(0, Math.min(FIRST_READ, source.size));
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  /** @returns false at the end of the file */
  async function grow(least: number): Promise<boolean> {
    if (bytes.length === source.size) return false;
    if (least > source.size) throw new DicomStructureFault(`an element at byte ${least} and beyond the file's end`);
    if (Math.max(least, bytes.length + 1) > MAX_HEAD)
      throw new DicomStructureFault(`more than ${MAX_HEAD} bytes before the pixel data`);
    const length = Math.min(source.size, MAX_HEAD, Math.max(least, bytes.length * 2));
    const longer = new Uint8Array(length);
    longer.set(bytes);
    longer.set(await source.read(bytes.length, length - bytes.length), bytes.length);
    bytes = longer;
    view = new DataView(bytes.buffer);
    return true;
  }

  return {
    view: () => view,
    async readGroup(at) {
      if (at + 2 > view.byteLength) await grow(Math.min(at + 2, source.size));
      return at + 2 <= view.byteLength ? view.getUint16(at, true) : undefined;
    },
    async read(at, encoding) {
      let element = readElement(view, at, encoding);
      while (!element && (await grow(0))) element = readElement(view, at, encoding);
      if (!element && at < source.size)
        throw new DicomStructureFault(`an element at byte ${at} that the file's end cuts`);
      return element;
    },
    async reach(element, encoding) {
      let end = findElementEnd(view, element, encoding);
      while (end === undefined || end > view.byteLength) {
        if (!(await grow(end ?? 0)))
          throw new DicomStructureFault(
            `${formatTag(element.tag)} at byte ${element.start} reaches past the file's end`,
          );
        end = findElementEnd(view, element, encoding);
      }
      return end;
    },
  };
}
