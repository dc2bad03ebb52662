import { computed, effect } from '@preact/signals';
import type { Pane, PanePicture } from '../pane/pane.ts';
import { createSlideTileSource } from '../pane/slide-tile-source.ts';
import { createTileSource } from '../pane/tile-source.ts';
import { formatHex, type ShownChannel } from './channel-choice.ts';
import { gain, getChosen } from './channel-state.ts';

/** Above the slide and below all layers: darkness, and the light of channels. */
const ORDERS = { dark: 1, channel: 2 } as const;
const DARK_SIDE = 256;

/**
 * Lays the chosen channels over each other in their colours, in place of the slide: as the server does it with all of them, light is
 * added up.
 * @returns what ends it
 */
export function showChosenChannels(pane: Pane): () => void {
  if (!pane.facts.views.some(({ kind }) => kind === 'channel')) return () => {};
  const shown = new Map<string, PanePicture>();
  let dark: PanePicture | undefined;
  // As text: the address changes with each move, the channels don't.
  const chosen = computed(() => JSON.stringify([getChosen(pane), gain.value]));
  return effect(() => {
    const [channels, brighter] = JSON.parse(chosen.value) as [readonly ShownChannel[] | null, number];
    const name = (channel: ShownChannel) => `${channel.name} ${formatHex(channel.color)} ${brighter}`;
    const wanted = new Map((channels ?? []).map((channel) => [name(channel), channel]));
    for (const [key, channel] of wanted) if (!shown.has(key)) shown.set(key, addChannel(pane, channel, brighter));
    for (const [key, picture] of shown) {
      if (wanted.has(key)) continue;
      picture.remove();
      shown.delete(key);
    }
    if (channels && !dark) dark = addDarkness(pane);
    if (channels) return;
    dark?.remove();
    dark = undefined;
  });
}

function addChannel(pane: Pane, { name, color }: ShownChannel, brighter: number): PanePicture {
  const { facts } = pane;
  const version = facts.views.find((view) => view.name === name)?.version ?? facts.version;
  const source = createSlideTileSource(facts, { view: name, version, tint: { color, gain: brighter } });
  const box = { x: 0, y: 0, width: facts.width, height: facts.height };
  return pane.addPicture({ source, box, order: ORDERS.channel, blend: 'lighter' });
}

/** Hides the slide at once, while channels are on their way. */
function addDarkness(pane: Pane): PanePicture {
  const { width, height } = pane.facts;
  const grid = { width, height, tileSize: DARK_SIDE, downsamples: [Math.max(1, Math.max(width, height) / DARK_SIDE)] };
  const load = async () => {
    const canvas = new OffscreenCanvas(DARK_SIDE, DARK_SIDE);
    // Without alpha it is black from the beginning.
    canvas.getContext('2d', { alpha: false });
    return canvas.transferToImageBitmap();
  };
  const source = createTileSource(grid, 'darkness', load, { opaque: true });
  return pane.addPicture({ source, box: { x: 0, y: 0, width, height }, order: ORDERS.dark });
}
