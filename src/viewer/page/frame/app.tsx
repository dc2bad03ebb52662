import { CohortPage } from '../cohort/cohort-page.tsx';
import { slideId } from '../state/location.ts';
import { announcement } from '../state/notices.ts';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { SlideScreen } from './slide-screen.tsx';

export function App() {
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

/** What screen readers say, and nobody sees. */
function Announcement() {
  return (
    <p class="visually-hidden" aria-live="polite">
      {announcement.value}
    </p>
  );
}
