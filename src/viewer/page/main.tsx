import { render } from 'preact';
import type { PageFacts } from '../contract.ts';
import { fetchJson } from './data/fetch-json.ts';
import { loadSlide } from './data/load-slide.ts';
import { App } from './frame/app.tsx';
import { forgetToken } from './state/forget-token.ts';
import { route, startLocation } from './state/location.ts';
import { notify } from './state/notices.ts';
import { pageFacts, panes } from './state/page-state.ts';
import { startShortcuts } from './state/shortcuts.ts';
import { startTheme } from './state/theme.ts';

forgetToken();
startTheme();
startLocation();
// Before there is anything to show it in: the server opens the slide meanwhile.
const { slide } = route.peek();
if (slide !== null) void loadSlide(slide);
startShortcuts();
/** For the browser's console, and for tests: the panes that are open. */
Object.defineProperty(window, 'slideloom', {
  value: {
    get panes() {
      return panes.peek();
    },
  },
});

const root = document.querySelector('#page');
if (root) render(<App />, root);

fetchJson<PageFacts>('viewer.json').then(
  (facts) => {
    pageFacts.value = facts;
  },
  (error: unknown) => notify('error', `The page could not be loaded: ${String(error)}`),
);
