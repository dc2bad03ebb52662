/** Ends a request that brings nothing for a while. */
export interface StallTimer extends Disposable {
  /** Fires with the outer signal, or when the time is over. */
  readonly signal: AbortSignal;
  /** Whether the time was over. */
  readonly hasFired: boolean;
  /** Something came: the time begins anew. */
  restart(): void;
}

export function createStallTimer(timeoutMs: number, outer: AbortSignal): StallTimer {
  const controller = new AbortController();
  let hasFired = false;
  const timer = setTimeout(() => {
    hasFired = true;
    controller.abort();
  }, timeoutMs);
  const forward = () => controller.abort(outer.reason);
  if (outer.aborted) forward();
  else outer.addEventListener('abort', forward, { once: true });
  return {
    signal: controller.signal,
    get hasFired() {
      return hasFired;
    },
    restart: () => void timer.refresh(),
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer.removeEventListener('abort', forward);
    },
  };
}
