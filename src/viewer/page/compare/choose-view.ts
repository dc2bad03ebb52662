import { signal } from '@preact/signals';
import type { SlideFacts, ViewFacts, ViewState } from '../../contract.ts';
import { addVersion, getSlideAddress } from '../data/addresses.ts';
import { describeError } from '../data/describe-error.ts';
import { fetchJson } from '../data/fetch-json.ts';
import type { Pane } from '../pane/pane.ts';
import { setParams } from '../state/location.ts';
import { announce, dismiss, notices, notify } from '../state/notices.ts';
import { paneSpecs } from '../state/page-state.ts';

/** Ids of slides whose stains are being looked for. */
export const waiting = signal<readonly string[]>([]);

/** What a slide is called that is shown as it is. */
export function getViewTitle({ views, channels }: SlideFacts, name: string | null): string {
  const own = channels.length > 1 ? 'All channels' : 'As scanned';
  return name === null ? own : (views.find((view) => view.name === name)?.title ?? name);
}

/** Shows the pane's slide in other colours, once it is known that it can be; says so where it can't. */
export async function chooseView(pane: Pane, name: string | null): Promise<void> {
  const { spec, facts } = pane;
  if (name !== null && !(await checkView(facts, name))) return;
  const index = paneSpecs.peek().indexOf(spec);
  if (index < 0) return;
  setParams(index === 0 ? { view: name } : { withview: name });
  announce(`${facts.id}: ${getViewTitle(facts, name)}`);
}

/** The next stain view of the pane, or none after the last one. */
export function toggleStain(pane: Pane): void {
  const stain = pane.facts.views.find(({ kind }) => kind === 'stain');
  if (stain) void chooseView(pane, pane.spec.view === stain.name ? null : stain.name);
  else notify('info', `${pane.facts.id} has no stains to normalise`);
}

/** An address may ask for a view that the slide does not have: then it is shown as it is. */
export async function keepSoundView(pane: Pane): Promise<void> {
  const { view } = pane.spec;
  if (view === null || (await checkView(pane.facts, view))) return;
  // What is wrong has been said once: its tiles need not say it again.
  for (const notice of notices.peek()) if (notice.key === `tiles ${pane.facts.id}`) dismiss(notice);
  await chooseView(pane, null);
}

async function checkView(facts: SlideFacts, name: string): Promise<boolean> {
  const view = facts.views.find((one) => one.name === name);
  const problem = view ? await findProblem(facts.id, view) : `there is no view "${name}" of it`;
  if (problem !== null) notify('error', `${facts.id} is shown as it is: ${problem}`, `view ${facts.id}`);
  return problem === null;
}

/** Stains are looked for at the first time that they are asked for: that takes seconds. */
async function findProblem(id: string, { name, kind, version }: ViewFacts): Promise<string | null> {
  if (kind !== 'stain') return null;
  waiting.value = [...waiting.peek(), id];
  try {
    const address = addVersion(getSlideAddress(id, `views/${encodeURIComponent(name)}.json`), version);
    return (await fetchJson<ViewState>(address)).problem;
  } catch (error) {
    return describeError(error);
  } finally {
    const at = waiting.peek().indexOf(id);
    waiting.value = waiting.peek().filter((_, index) => index !== at);
  }
}
