import { dismiss, notices } from '../state/notices.ts';
import { CloseIcon } from './icons.tsx';

/** Said at once to screen readers too. */
export function Notices() {
  return (
    <div class="notices" role="status">
      {notices.value.map((notice) => (
        <div key={notice.key} class={`notice ${notice.tone}`}>
          <p>{notice.text}</p>
          <button type="button" class="icon" onClick={() => dismiss(notice)} aria-label="Close this message">
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
