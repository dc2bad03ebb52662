import { describeError } from '../../data/describe-error.ts';
import type { PanePicture } from '../../pane/pane.ts';
import type { TileSource } from '../../pane/tile-source.ts';
import { nameLayer } from '../state/layer-addresses.ts';
import type { LayerView, PatchView, PolygonView } from '../state/layer-view.ts';
import type { LayerState, PaneLayers } from '../state/pane-layers.ts';
import { getLayerClient } from '../worker/client.ts';
import type { LayerStyle } from '../worker/messages.ts';
import { createPictureSource } from './picture-source.ts';
import { createVectorSource } from './vector-source.ts';

/** A layer as it lies in a pane. */
export interface LayerPicture {
  show(view: LayerView, order: number): void;
  remove(): void;
}

/** After so long the old picture goes, also where tiles of the new one are still missing. */
const REPLACE_MS = 2000;

/**
 * One that looks different takes the old one's place when its tiles are there: nothing blinks when a colour changes. Its files are
 * loaded when it is first shown.
 */
export function createLayerPicture(layers: PaneLayers, name: string): LayerPicture {
  const wanted = { key: '', order: 0, opacity: 0 };
  let visible: PanePicture | undefined;
  let coming: PanePicture | undefined;
  const memory = createMemory();
  const replace = async (view: LayerView, key: string): Promise<void> => {
    const source = await openSource(layers, view);
    if (wanted.key !== key) return;
    memory.hold(layers, view);
    coming?.remove();
    const fresh = addPicture(layers, view, { source, order: wanted.order, opacity: visible ? 0 : wanted.opacity });
    // The first one is seen while it comes.
    visible ??= fresh;
    coming = visible === fresh ? undefined : fresh;
    await waitUntilLoaded(fresh);
    // Another one, or the end, came in the meantime and has removed it.
    if (coming !== fresh) return;
    visible.remove();
    visible = fresh;
    coming = undefined;
    visible.setOpacity(wanted.opacity);
    visible.setOrder(wanted.order);
  };
  const tell = (key: string, state: LayerState) => {
    if (wanted.key === key) layers.states.value = { ...layers.states.peek(), [name]: state };
  };
  return {
    show: (view, order) => {
      Object.assign(wanted, { order, opacity: view.shown ? view.opacity : 0 });
      const key = nameLook(view);
      // What could not be shown is tried again when it is switched off and on.
      if (!view.shown && typeof layers.states.peek()[name] === 'object') wanted.key = '';
      if (view.shown && wanted.key !== key) {
        wanted.key = key;
        tell(key, 'loading');
        replace(view, key).then(
          () => tell(key, 'ready'),
          (error: unknown) => tell(key, { error: describeError(error) }),
        );
      }
      visible?.setOpacity(wanted.opacity);
      visible?.setOrder(order);
    },
    remove: () => {
      wanted.key = '';
      for (const picture of [visible, coming]) picture?.remove();
      visible = undefined;
      coming = undefined;
      memory.release();
    },
  };
}

/** What the worker holds for a layer: given back with the layer, and when another version takes its place. */
function createMemory() {
  let held: string | undefined;
  const release = () => {
    if (held !== undefined) getLayerClient().forget(held);
    held = undefined;
  };
  return {
    hold: ({ pane }: PaneLayers, view: LayerView) => {
      const layer = view.kind === 'picture' ? undefined : nameLayer(pane, view.facts).layer;
      if (held !== layer) release();
      held = layer;
    },
    release,
  };
}

/** The same for views that look the same but for their opacity. */
function nameLook(view: LayerView): string {
  const { version } = view.facts;
  if (view.kind === 'patches') return JSON.stringify([version, view.style]);
  if (view.kind === 'polygons') return JSON.stringify([version, view.hidden, view.fill, view.outline]);
  return JSON.stringify([version, view.hidden]);
}

/** @throws Error where the layer's files can't be read */
async function openSource({ pane }: PaneLayers, view: LayerView): Promise<TileSource> {
  const { facts } = pane;
  if (view.kind === 'picture') return createPictureSource(facts.id, view.facts, view.hidden);
  const { layer, files } = nameLayer(pane, view.facts);
  const style = toStyle(view);
  const column = style.kind === 'patches' ? style.column : null;
  await getLayerClient().ask({ ask: 'load', layer, files, column });
  return createVectorSource(facts, getLayerClient(), { layer, files, style });
}

function toStyle(view: PatchView | PolygonView): LayerStyle {
  if (view.kind === 'patches') return { kind: 'patches', ...view.style };
  const { fill, outline, hidden, facts } = view;
  const colors = facts.classes.map(({ color }, position) => (hidden.includes(position) ? null : color));
  return { kind: 'polygons', colors, fill, outline };
}

function addPicture(
  { pane }: PaneLayers,
  view: LayerView,
  options: { readonly source: TileSource; readonly order: number; readonly opacity: number },
): PanePicture {
  const { width, height } = pane.facts;
  if (view.kind !== 'picture') return pane.addPicture({ ...options, box: { x: 0, y: 0, width, height } });
  const { downsample, ...size } = view.facts;
  const box = { x: 0, y: 0, width: size.width * downsample.x, height: size.height * downsample.y };
  return pane.addPicture({ ...options, box });
}

/** A picture that is not seen loads its tiles when it is told to. */
async function waitUntilLoaded(picture: PanePicture): Promise<void> {
  const end = performance.now() + REPLACE_MS;
  while (performance.now() < end) {
    picture.image?.setPreload(true);
    if (picture.image?.getFullyLoaded()) return;
    await new Promise(requestAnimationFrame);
  }
}
