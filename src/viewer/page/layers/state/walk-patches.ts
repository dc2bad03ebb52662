import type { Pane } from '../../pane/pane.ts';
import { announce } from '../../state/notices.ts';
import { getLayerClient } from '../worker/client.ts';
import type { ItemOutline } from '../worker/messages.ts';
import { chooseItem } from './choose-item.ts';
import { nameLayer } from './layer-addresses.ts';
import type { LayerView, PatchView } from './layer-view.ts';
import type { PaneLayers } from './pane-layers.ts';
import type { Walk } from './selection.ts';

/** CSS pixels: a patch that is smaller on the screen is zoomed to, one that is larger than its part of the pane too. */
const MIN_SEEN = 24;
const MAX_PART = 0.8;
/** A patch that is zoomed to takes this part of the pane. */
const PART = 1 / 4;

/** The walk that was chosen, else through the highest patches that are shown, as they are in their table; null where there are none. */
export function getWalk(views: readonly LayerView[], chosen: Walk | null): Walk | null {
  const patches = views.filter((view): view is PatchView => view.kind === 'patches' && view.facts.count > 0);
  const same = patches.find((view) => view.facts.name === chosen?.facts.name);
  if (chosen !== null && same !== undefined) return { ...chosen, facts: same.facts };
  const facts = (patches.findLast((view) => view.shown) ?? patches.at(-1))?.facts;
  return facts === undefined ? null : { facts, column: null, order: 'ascending' };
}

/** Position of the chosen patch on the walk; null where another thing is chosen, or nothing. */
export async function findOnWalk(layers: PaneLayers, walk: Walk): Promise<number | null> {
  const chosen = layers.selection.peek();
  if (chosen === null || chosen.facts.name !== walk.facts.name) return null;
  const { facts, ...order } = walk;
  return getLayerClient().ask({ ask: 'place', ...nameLayer(layers.pane, facts), ...order, item: chosen.item });
}

/** The last step of each pane: a key that is held down takes the next one from where it led. */
const STEPS = new WeakMap<PaneLayers, Promise<void>>();

/** Chooses the patch `by` steps on, the first where none is chosen, and goes there. */
export function stepOnWalk(layers: PaneLayers, by: number): Promise<void> {
  const step = (STEPS.get(layers) ?? Promise.resolve()).then(() => takeStep(layers, by));
  STEPS.set(
    layers,
    step.catch(() => {}),
  );
  return step;
}

async function takeStep(layers: PaneLayers, by: number): Promise<void> {
  const walk = getWalk(layers.views.peek(), layers.walk.peek());
  if (walk === null) return;
  const position = await findOnWalk(layers, walk);
  await goOnWalk(layers, walk, position === null ? 0 : position + by);
}

/** Chooses the patch at a position of the walk (the nearest there is), goes there and says so. */
export async function goOnWalk(layers: PaneLayers, walk: Walk, position: number): Promise<void> {
  const { facts, column, order } = walk;
  const from = Math.min(facts.count - 1, Math.max(0, position));
  const ask = { ask: 'rank', ...nameLayer(layers.pane, facts), column, order, from, count: 1 } as const;
  const [found] = await getLayerClient().ask(ask);
  if (found === undefined) return;
  await chooseItem(layers, { facts, item: found.item });
  const chosen = layers.selection.peek();
  if (chosen !== null) goTo(layers.pane, chosen.outline);
  const value = column === null ? '' : `, ${facts.columns[column]?.name} ${Number(found.value.toPrecision(4))}`;
  announce(`Patch ${from + 1} of ${facts.count}${value}`);
}

/** Brings an item to the middle where it is not in view, and zooms where it could not be seen well. */
function goTo(pane: Pane, { box }: ItemOutline): void {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const seen = pane.sight.peek();
  const part = Math.max(width / seen.width, height / seen.height) * seen.scale;
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  if (Math.max(width, height) * seen.scale < MIN_SEEN || part > MAX_PART) {
    pane.moveTo({ ...middle, scale: (seen.scale * PART) / part });
    return;
  }
  const { x, y } = pane.toElement(middle);
  const around = (Math.hypot(width, height) * seen.scale) / 2;
  const inView = x > around && y > around && x < seen.width - around && y < seen.height - around;
  if (!inView) pane.moveTo(middle);
}
