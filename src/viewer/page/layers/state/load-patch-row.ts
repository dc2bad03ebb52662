import type { PatchLayerFacts, PatchRows } from '../../../contract.ts';
import { fetchJson } from '../../data/fetch-json.ts';
import { getRowsAddress } from './layer-addresses.ts';

/** Columns of a patch's row with what stands in them; empty ones are left out. */
export type PatchRow = readonly (readonly [name: string, value: string])[];

/** Of the file that was read last: one looks at patches that lie together. */
let last: { readonly address: string; readonly rows: Promise<PatchRows> } | undefined;

/** @throws FetchError; RangeError where the file has no such row */
export async function loadPatchRow(slide: string, facts: PatchLayerFacts, item: number): Promise<PatchRow> {
  const chunk = Math.floor(item / facts.chunk);
  const address = getRowsAddress(slide, facts, chunk);
  if (last?.address !== address) last = { address, rows: fetchJson<PatchRows>(address) };
  const { rows, address: asked } = last;
  try {
    const { columns, rows: table } = await rows;
    const row = table[item - chunk * facts.chunk];
    if (row === undefined) throw new RangeError(`there is no row ${item} in ${asked}`);
    return columns.map((name, k) => [name, row[k] ?? ''] as const).filter(([, value]) => value !== '');
  } catch (error) {
    if (last?.address === asked) last = undefined;
    throw error;
  }
}
