import { z } from 'zod';
import { MASK_DESCRIPTION, type MaskFacts } from './mask-writers/mask-description.ts';
import { MASK_RULES } from './options.ts';

const positive = z.number().positive();
const pairSchema = z.object({ x: positive, y: positive });
const byte = z.int().min(0).max(255);
const factsSchema = z.object({
  rule: z.enum(MASK_RULES),
  bits: z.union([z.literal(1), z.literal(8)]),
  downsample: pairSchema,
  mpp: pairSchema.optional(),
  slide: z.object({ width: z.int().positive(), height: z.int().positive() }),
  labels: z.array(z.object({ value: byte, name: z.string(), color: z.tuple([byte, byte, byte]).optional() })).max(256),
});

/**
 * What a mask of slideloom says of itself: labels by name, downsample, microns.
 * @param description ImageDescription of a TIFF, OME-XML, or the Description of a PNG
 * @returns undefined for any other text, also for one that was changed so that it can't be read
 */
export function parseMaskFacts(description: string): MaskFacts | undefined {
  const start = description.indexOf(MASK_DESCRIPTION);
  if (start < 0) return undefined;
  const rest = description.slice(start + MASK_DESCRIPTION.length);
  const text = start === 0 ? rest : unescapeText(rest.slice(0, Math.max(0, rest.indexOf('<'))));
  try {
    return factsSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** As `createOmeXml` writes them: by number; programs that write the file anew may use the names. */
function unescapeText(text: string): string {
  const names: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" };
  return text.replace(/&(?:#(\d{1,7})|([a-z]+));/g, (all, code?: string, name = '') =>
    code === undefined ? (names[name] ?? all) : String.fromCodePoint(Math.min(0x10ffff, Number(code))),
  );
}
