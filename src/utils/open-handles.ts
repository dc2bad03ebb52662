/**
 * Register of what is open: sources, slides, pools. It owns nothing and closes nothing; it makes leaks visible.
 * Tests fail when a handle is left (test/support/leak-check.ts), and a handle that the garbage collector finds
 * unclosed is reported once through `onLeak`.
 */
export interface OpenHandle {
  readonly kind: string;
  readonly name: string;
}

const open = new Set<OpenHandle>();
let onLeak: ((handle: OpenHandle) => void) | undefined;

const collected = new FinalizationRegistry<OpenHandle>((handle) => {
  if (open.delete(handle)) onLeak?.(handle);
});

/** Registers `owner` as open and returns the function that its `close` calls. */
export function trackOpen(owner: object, kind: string, name: string): () => void {
  const handle: OpenHandle = { kind, name };
  open.add(handle);
  collected.register(owner, handle, handle);
  return () => {
    open.delete(handle);
    collected.unregister(handle);
  };
}

/** What is open now, oldest first. */
export function getOpenHandles(): readonly OpenHandle[] {
  return [...open];
}

/** Called with each handle that was collected as garbage without having been closed. */
export function setLeakListener(listener: ((handle: OpenHandle) => void) | undefined): void {
  onLeak = listener;
}
