import { dismiss, notices } from '../state/notices.ts';

/** Said at once to screen readers too. */
export function Notices() {
  return (
    <div class="notices" role="status">
      {notices.value.map((notice) => (
        <div key={notice.key} class={`notice ${notice.tone}`}>
          <p>{notice.text}</p>
          <button type="button" onClick={() => dismiss(notice)} aria-label="Close this message">
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
