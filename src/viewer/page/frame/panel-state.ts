import { signal } from '@preact/signals';

/** Whether the panel at the side is shown. On small screens the slide has the room at first. */
export const panelShown = signal(innerWidth >= 900);

export function togglePanel(): void {
  panelShown.value = !panelShown.peek();
}
