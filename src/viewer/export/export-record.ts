import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import { outputPathSchema } from '../../utils/record-schemas.ts';
import { VERSION } from '../../utils/version.ts';

/**
 * What an export remembers, for the next run and for nobody's privacy: no paths, times or hosts, unlike records of stages. One for the
 * whole, one for each slide.
 */
const RECORD_NAME = 'export.json';
const SCHEMA = 'slideloom/export/v1';

const badTileSchema = z.object({ level: z.int(), col: z.int(), row: z.int() });
const partSchema = z.object({
  path: outputPathSchema,
  key: z.string(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  badTiles: z.array(badTileSchema),
});
const slideSchema = z.object({ schema: z.literal(SCHEMA), parts: z.array(partSchema) });
const siteSchema = z.object({
  schema: z.literal(SCHEMA),
  slideloom: z.string(),
  /** Ids, also of those that are still being made. */
  slides: z.array(outputPathSchema),
  /** Files of the page. */
  page: z.array(outputPathSchema),
});

export type ExportedTile = Readonly<z.infer<typeof badTileSchema>>;
/** A part that is in its place. */
export type PartRecord = Readonly<Omit<z.infer<typeof partSchema>, 'badTiles'>> & {
  readonly badTiles: readonly ExportedTile[];
};
export type SiteRecord = Readonly<Record<'slides' | 'page', readonly string[]>>;

/** The folder of a slide, below the export's. */
export function getSlideFolder(id: string): string {
  return `slides/${id}`;
}

/** Undefined where there is no record that can be read. @throws OutputError */
export async function readSiteRecord(out: string): Promise<SiteRecord | undefined> {
  return readRecord(join(out, RECORD_NAME), siteSchema);
}

/** @throws OutputError */
export async function writeSiteRecord(out: string, { slides, page }: SiteRecord): Promise<void> {
  await writeRecord(join(out, RECORD_NAME), { schema: SCHEMA, slideloom: VERSION, slides, page });
}

/** The parts of a slide that are in place. @throws OutputError */
export async function readParts(out: string, id: string): Promise<readonly PartRecord[]> {
  return (await readRecord(join(out, getSlideFolder(id), RECORD_NAME), slideSchema))?.parts ?? [];
}

/** @throws OutputError */
export async function writeParts(out: string, id: string, parts: readonly PartRecord[]): Promise<void> {
  await writeRecord(join(out, getSlideFolder(id), RECORD_NAME), { schema: SCHEMA, parts });
}

async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (cause) {
    if (cause instanceof SyntaxError || getErrorCode(cause) === 'ENOENT') return undefined;
    throw toOutputError(path, cause);
  }
}

async function writeRecord(path: string, record: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(record, undefined, 1)}\n`, { fsync: true });
}
