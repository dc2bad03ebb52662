import { useSignalEffect } from '@preact/signals';
import { CohortPage } from '../cohort/cohort-page.tsx';
import { slideId } from '../state/location.ts';
import { announcement } from '../state/notices.ts';
import { pageFacts } from '../state/page-state.ts';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { SlideScreen } from './slide-screen.tsx';

export function App() {
  useSignalEffect(nameWindow);
  return (
    <>
      <Header />
      {slideId.value === null ? <CohortPage /> : <SlideScreen />}
      <Notices />
      <HelpDialog />
      <Announcement />
    </>
  );
}

/** For tabs and bookmarks. */
function nameWindow(): void {
  const title = pageFacts.value?.title ?? 'slideloom';
  document.title = slideId.value === null ? title : `${slideId.value} – ${title}`;
}

/** What screen readers say, and nobody sees. */
function Announcement() {
  return (
    <p class="visually-hidden" aria-live="polite">
      {announcement.value}
    </p>
  );
}
