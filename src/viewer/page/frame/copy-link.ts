import { getLink } from '../state/location.ts';
import { notify } from '../state/notices.ts';

/** The address of what is seen. Browsers give no clipboard to pages that came without TLS from elsewhere. */
export async function copyLink(): Promise<void> {
  const link = getLink();
  try {
    await navigator.clipboard.writeText(link);
    notify('info', 'The link to what is seen is in the clipboard.', 'link');
  } catch {
    notify('info', `The link to what is seen: ${link}`, 'link');
  }
}
