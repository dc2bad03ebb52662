import { access } from 'node:fs/promises';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import type { CsvTable } from '../utils/csv.ts';
import type { ServedSlide, SlideCollection } from './collection.ts';
import type { CohortFacts } from './contract.ts';
import { createPathHider } from './hide-paths.ts';
import { type RunFolder, readRunTable } from './run-folder.ts';

/** Columns that are told otherwise, and those of files: their places are nothing for clients. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['slide', 'path', 'status', 'error', 'features', 'heatmap', 'overlay', 'top', 'picture'],
]);

const hide = createPathHider([]);

type Row = Readonly<Record<string, string>>;

/** What the tables of the runs say of each slide now; of a column that several have the first table's word counts. @throws SourceError */
export async function listCohort({ slides, runs }: SlideCollection): Promise<CohortFacts> {
  const tables = new Map(await Promise.all(runs.map(async (run) => [run.path, await readTables(run)] as const)));
  const rows = [...slides.values()].map(({ id, homes, path, address }) => {
    const own = homes.flatMap(({ run, id: name }) =>
      (tables.get(run.path) ?? []).flatMap((table) => {
        const row = table.rows.get(name);
        return row ? [row] : [];
      }),
    );
    // What went wrong last is what there is to know.
    const failed = own.find((row) => row['status'] === 'failed' || row['error']);
    const merged: Row = Object.assign({}, ...own.toReversed());
    const status = (failed ?? own[0])?.['status'] || null;
    // Messages name a slide by its path, which is nothing for clients.
    const error = failed?.['error'] ? hide(failed['error'].replaceAll(path, id).replaceAll(address, id)) : null;
    return { id, merged, status, error };
  });
  const names = [...tables.values()].flat().flatMap(({ columns }) => columns);
  const columns = [...new Set(names)]
    .filter((name) => !LEFT_OUT.has(name))
    .map((name) => ({ name, kind: findKind(name, rows) }));
  const gone = await findGone(slides.values());
  return {
    columns,
    slides: rows.map(({ id, merged, status, error }) => ({
      ...{ id, status, error },
      ...(gone.has(id) && { missing: true, error: error ?? 'its file is not where it was' }),
      values: Object.fromEntries(columns.map(({ name, kind }) => [name, parseValue(merged[name], kind)])),
    })),
  };
}

/** Ids of the slides whose files are not there now. */
async function findGone(slides: Iterable<ServedSlide>): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  const look = ({ id, address }: ServedSlide) => access(address).catch(() => gone.add(id));
  await Promise.all([...slides].filter(({ address }) => !isRemoteUrl(address)).map(look));
  return gone;
}

/** By slide. */
interface SlideRows {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, Row>;
}

async function readTables(run: RunFolder): Promise<SlideRows[]> {
  // It sums up what the others say.
  const names = run.tables.includes('manifest.csv') ? (['manifest.csv'] as const) : run.tables;
  const tables = await Promise.all(names.map((name) => readRunTable(run, name)));
  return tables.flatMap((table) => (table?.columns.includes('slide') ? [indexRows(table)] : []));
}

function indexRows({ columns, rows }: CsvTable): SlideRows {
  return { columns, rows: new Map(rows.map((row) => [row['slide'] ?? '', row])) };
}

/** Numbers where all that is said are numbers. */
function findKind(name: string, rows: readonly { readonly merged: Row }[]): 'text' | 'number' {
  const said = rows.flatMap(({ merged }) => merged[name] || []);
  return said.length > 0 && said.every(isNumber) ? 'number' : 'text';
}

/** Not `007`, nor digits that a number can't hold: these are names of cases. */
function isNumber(text: string): boolean {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return false;
  return Number.isFinite(Number(text)) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(Number(text)));
}

function parseValue(text: string | undefined, kind: 'text' | 'number'): string | number | null {
  if (!text) return null;
  return kind === 'number' ? Number(text) : text;
}
