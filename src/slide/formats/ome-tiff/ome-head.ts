import type { ByteSource } from '../../../io/source/byte-source.ts';
import type { Tiff } from '../../../io/tiff/open-tiff.ts';
import { readDescriptionHead, readFileHead } from '../description-head.ts';

/** The root element of an OME-XML document as it begins, without the rest being read. */
export interface OmeHead {
  readonly uuid: string | undefined;
}

/** Looks into the first ImageDescription; undefined where it is no OME-XML. Never throws for foreign bytes. */
export async function readOmeHead(tiff: Tiff): Promise<OmeHead | undefined> {
  return parseHead(await readDescriptionHead(tiff));
}

/** As `readOmeHead`, of a file that is XML alone (`.companion.ome`). */
export async function readCompanionHead(source: ByteSource): Promise<OmeHead | undefined> {
  return parseHead(await readFileHead(source));
}

function parseHead(text: string | undefined): OmeHead | undefined {
  const root = text === undefined ? null : /<(?:\w+:)?OME(?=[\s>])[^>]*/.exec(text);
  return root ? { uuid: /\sUUID\s*=\s*["']([^"']+)["']/.exec(root[0])?.[1] } : undefined;
}
