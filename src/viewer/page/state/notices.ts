import { signal } from '@preact/signals';

export interface Notice {
  /** One with the same key takes the other's place. */
  readonly key: string;
  readonly tone: 'info' | 'error';
  readonly text: string;
}

/** What is shown at the foot of the page until it is closed (errors) or has been read (infos). */
export const notices = signal<readonly Notice[]>([]);

/** What a screen reader says; see `announce`. */
export const announcement = signal('');

const READ_MS = 5000;

export function notify(tone: Notice['tone'], text: string, key: string = text): void {
  const others = notices.peek().filter((one) => one.key !== key);
  const notice = { key, tone, text };
  notices.value = [...others, notice];
  if (tone === 'info') setTimeout(() => dismiss(notice), READ_MS);
}

/** Closes this notice; one that took its place stays. */
export function dismiss(notice: Notice): void {
  notices.value = notices.peek().filter((one) => one !== notice);
}

/** Says `text` to screen readers, and shows nothing. What is the same as before would not be said: a space makes it another. */
export function announce(text: string): void {
  announcement.value = text === announcement.peek() ? `${text}\u00a0` : text;
}
