import type { PatchLayerFacts, PolygonLayerFacts, SlideFacts } from '../../../contract.ts';
import { addVersion, getSlideAddress } from '../../data/addresses.ts';
import type { LayerFiles } from '../worker/messages.ts';

/** A layer as the worker knows it: the key is the same for the same files. Addresses are absolute, as they are for the worker. */
export function nameLayer(
  { facts: { id } }: { readonly facts: Pick<SlideFacts, 'id'> },
  facts: PatchLayerFacts | PolygonLayerFacts,
): { readonly layer: string; readonly files: LayerFiles } {
  return { layer: `${id}/${facts.name}/${facts.version}`, files: listFiles(id, facts) };
}

function listFiles(slide: string, facts: PatchLayerFacts | PolygonLayerFacts): LayerFiles {
  const name = encodeURIComponent(facts.name);
  const toAddress = (file: string) => getAbsolute(slide, file, facts.version);
  if (facts.kind === 'polygons') return { kind: 'polygons', file: toAddress(`polygons/${name}.bin`) };
  const columns = facts.columns.map((_, k) => toAddress(`patches/${name}/columns/${k}.bin`));
  return { kind: 'patches', boxes: toAddress(`patches/${name}/boxes.bin`), columns, count: facts.count };
}

/** Of a `PatchRows`. */
export function getRowsAddress(slide: string, { name, version }: PatchLayerFacts, chunk: number): string {
  return addVersion(getSlideAddress(slide, `patches/${encodeURIComponent(name)}/rows/${chunk}.json`), version);
}

function getAbsolute(slide: string, file: string, version: string): string {
  return new URL(addVersion(getSlideAddress(slide, file), version), document.baseURI).href;
}
