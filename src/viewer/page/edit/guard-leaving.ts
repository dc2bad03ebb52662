import { effect } from '@preact/signals';
import { session } from './session.ts';

/** The browser asks before it leaves a page on which something is drawn that is not saved, whatever slide is shown. */
export function guardLeaving(): void {
  effect(() => {
    if (!session.value?.changed.value) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  });
}
