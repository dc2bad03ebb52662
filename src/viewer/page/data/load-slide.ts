import type { SlideFacts } from '../../contract.ts';
import { getSlideAddress } from './addresses.ts';
import { fetchJson } from './fetch-json.ts';

/** Of slides asked for: two panes may show one. */
const KNOWN = new Map<string, Promise<SlideFacts>>();

/** What is known of a slide. @throws FetchError; it is asked again the next time */
export function loadSlide(id: string): Promise<SlideFacts> {
  const known = KNOWN.get(id);
  if (known) return known;
  const loading = fetchJson<SlideFacts>(getSlideAddress(id, 'facts.json'));
  KNOWN.set(id, loading);
  loading.catch(() => KNOWN.delete(id));
  return loading;
}
