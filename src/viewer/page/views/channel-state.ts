import { computed } from '@preact/signals';
import type { Pane } from '../pane/pane.ts';
import { route, setParams } from '../state/location.ts';
import { paneSpecs } from '../state/page-state.ts';
import { formatChannels, listOwn, parseChannels, parseGain, type ShownChannel } from './channel-choice.ts';

/** Of a channel that is shown alone. */
const GREY: ShownChannel['color'] = [255, 255, 255];

/** How many times as bright channels are shown, in all panes. */
export const gain = computed(() => parseGain(route.value.params['gain']));

export function setGain(to: number): void {
  setParams({ gain: to === 1 ? null : String(to) });
}

/** Channels that a pane lays over each other; null where the slide, or one view of it, is shown as the server has it. */
export function getChosen(pane: Pane): readonly ShownChannel[] | null {
  const { spec, facts } = pane;
  if (spec.view !== null) return gain.value === 1 ? null : getShown(pane).map((one) => ({ ...one, color: GREY }));
  const chosen = parseChannels(route.value.params[getName(spec)], facts.views);
  return chosen ?? (gain.value === 1 ? null : listOwn(facts.views));
}

/** The same, or all of them: what boxes and colours of the panel are about. */
export function getShown(pane: Pane): readonly ShownChannel[] {
  const { spec, facts } = pane;
  if (spec.view === null) return parseChannels(route.value.params[getName(spec)], facts.views) ?? listOwn(facts.views);
  return listOwn(facts.views).filter(({ name }) => name === spec.view);
}

/** From then on the pane shows these, and no single view. */
export function showChannels({ spec, facts }: Pane, shown: readonly ShownChannel[]): void {
  setParams({ [getName(spec)]: formatChannels(shown, facts.views), [isFirst(spec) ? 'view' : 'withview']: null });
}

/** Parameter of the address. */
function getName(spec: Pane['spec']): string {
  return isFirst(spec) ? 'channels' : 'withchannels';
}

function isFirst(spec: Pane['spec']): boolean {
  return paneSpecs.peek()[0] === spec;
}
