import type { PatchLayerFacts, PolygonLayerFacts } from '../../../contract.ts';
import type { Place } from '../../pane/pane.ts';
import { getLayerClient } from '../worker/client.ts';
import { nameLayer } from './layer-addresses.ts';
import type { PatchView, PolygonView } from './layer-view.ts';
import type { PaneLayers } from './pane-layers.ts';

interface Candidate {
  readonly facts: PatchLayerFacts | PolygonLayerFacts;
  readonly item: number;
}

/** Chooses a patch or polygon by its position in the layer's files. */
export async function chooseItem(layers: PaneLayers, { facts, item }: Candidate): Promise<void> {
  const outline = await getLayerClient().ask({ ask: 'outline', ...nameLayer(layers.pane, facts), item });
  layers.selection.value = { facts, item, outline };
}

/**
 * Chooses what is under a point of the slide (level-0 pixels): of the highest layer that is shown, the smallest first; once more at the
 * same place, the next below. Where there is nothing, nothing is chosen.
 */
export async function chooseAt(layers: PaneLayers, place: Place): Promise<void> {
  const found = await findAt(layers, place);
  const chosen = layers.selection.peek();
  const last = found.findIndex(({ facts, item }) => facts.name === chosen?.facts.name && item === chosen.item);
  const next = found[last + 1] ?? found[0];
  if (next === undefined) layers.selection.value = null;
  else await chooseItem(layers, next);
}

/** The highest layer first. One whose files can't be read says so in its row of the panel, and has nothing to choose. */
async function findAt({ pane, views, veiled }: PaneLayers, { x, y }: Place): Promise<Candidate[]> {
  if (veiled.peek()) return [];
  const shown = views
    .peek()
    .filter((view): view is PatchView | PolygonView => view.shown && view.kind !== 'picture')
    .reverse();
  const lists = shown.map(async (view): Promise<Candidate[]> => {
    const hidden = view.kind === 'polygons' ? view.hidden : [];
    const items = await getLayerClient().ask({ ask: 'find', ...nameLayer(pane, view.facts), x, y, hidden });
    return items.map((item) => ({ facts: view.facts, item }));
  });
  return (await Promise.allSettled(lists)).flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
}
