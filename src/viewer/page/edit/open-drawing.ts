import type { LayerList, SlideFacts } from '../../contract.ts';
import { getSlideAddress } from '../data/addresses.ts';
import { fetchJson } from '../data/fetch-json.ts';
import { announce, notify } from '../state/notices.ts';
import { EMPTY_DRAWING, formatCount } from './drawing.ts';
import { loadDrawing, loadLayerDrawing, type StoredDrawing } from './drawing-files.ts';
import { DRAWN, getDrawingName, listEditable, listKinds, slugify } from './drawing-names.ts';
import { createSession, session } from './session.ts';

/** What can be corrected on a slide. */
export interface EditChoice {
  /** Of the layer. */
  readonly name: string;
  readonly title: string;
}

/** @throws FetchError */
export async function listChoices(slide: string): Promise<EditChoice[]> {
  const { layers } = await fetchJson<LayerList>(getSlideAddress(slide, 'layers.json'), { cache: 'no-cache' });
  return listEditable(layers).map(({ name, title }) => ({ name, title }));
}

/** What one most likely goes on with: the first layer, as it was corrected where it was. */
export function chooseFirst(choices: readonly EditChoice[]): EditChoice | undefined {
  const [first] = choices;
  return first && (choices.find(({ name }) => name === `${DRAWN}${getDrawingName(first.name)}`) ?? first);
}

/** What was saved under a name, if anything was: it is not asked for where the layers show none. */
async function findStored(slide: string, name: string): Promise<StoredDrawing | undefined> {
  const choices = await listChoices(slide);
  return choices.some((one) => one.name === `${DRAWN}${name}`) ? loadDrawing(slide, name) : undefined;
}

/** Begins to correct a layer. What it is saved over, if anything, is looked up now: a later save by others is told then. */
export async function openLayer(facts: SlideFacts, { name: layer, title }: EditChoice): Promise<void> {
  const name = getDrawingName(layer);
  const stored = await findStored(facts.id, name);
  const { drawing, left } = stored && layer === `${DRAWN}${name}` ? stored : await loadLayerDrawing(facts.id, layer);
  const target = { slide: facts.id, name, title, etag: stored?.etag ?? null, left };
  session.value = createSession(facts, { target, base: drawing, kinds: listKinds(drawing, name) });
  announce(`Editing ${title}: ${formatCount(drawing)}`);
  if (left > 0) notify('info', `${left} points and lines of ${title} are not taken over into the drawing.`);
}

/** Begins a drawing of its own, or goes on with the one of that name. */
export async function openNew(facts: SlideFacts, title: string): Promise<void> {
  const name = slugify(title);
  const stored = await findStored(facts.id, name);
  const base = stored?.drawing ?? EMPTY_DRAWING;
  const target = { slide: facts.id, name, title, etag: stored?.etag ?? null, left: stored?.left ?? 0 };
  session.value = createSession(facts, { target, base, kinds: listKinds(base, name) });
  announce(stored ? `Editing ${title}: ${formatCount(base)}` : `New drawing ${title}`);
}
