import { signal } from '@preact/signals';

/** Grows by one when a drawing was saved: the layers of its slide are others than before. */
export const drawingSaved = signal(0);
