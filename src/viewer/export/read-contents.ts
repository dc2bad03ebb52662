import type { LayerList, SlideFacts, ViewState } from '../contract.ts';
import type { InsideServer } from './inside-server.ts';
import { getFinestDownsample, limitLayer, limitSlide } from './limit-levels.ts';
import type { ExportSettings } from './options.ts';

/** What the page will be told of a slide, and so what its folder holds. */
export interface SlideContents {
  readonly facts: SlideFacts;
  readonly layers: LayerList;
  readonly notices: readonly string[];
}

/** Asks the server what a slide has, and leaves out what is not wanted. @throws AnswerError, MissingMppError, OptionError */
export async function readContents(
  id: string,
  { server, settings }: { server: InsideServer; settings: ExportSettings },
): Promise<SlideContents> {
  const facts = await server.askJson<SlideFacts>(`slides/${id}/facts.json`);
  const list = await server.askJson<LayerList>(`slides/${id}/layers.json`);
  const downsample = getFinestDownsample(facts, settings);
  const notices = list.problems.map(({ title, message }) => `left out: ${title}: ${message}`);
  const wanted = facts.views.filter(({ name }) => settings.views.includes('all') || settings.views.includes(name));
  const views = [];
  for (const view of wanted) {
    const { problem } = await server.askJson<ViewState>(`slides/${id}/views/${view.name}.json`);
    if (problem === null) views.push(view);
    else notices.push(`left out: ${view.title}: ${problem}`);
  }
  for (const name of settings.views)
    if (name !== 'all' && !facts.views.some((view) => view.name === name))
      notices.push(`it has no view ${name}: it has ${facts.views.map((view) => view.name).join(', ') || 'none'}`);
  const layers = list.layers.map((layer) => (layer.kind === 'picture' ? limitLayer(layer, downsample) : layer));
  return {
    facts: { ...limitSlide(facts, downsample, settings.storedLevels), views },
    layers: { ...list, layers },
    notices,
  };
}
