import type { Logger } from '../utils/log.ts';

/** Something that a logger on the other side of a thread is to be told. */
export interface Notice {
  readonly level: 'debug' | 'notice' | 'warn';
  readonly message: string;
}

/** A logger that gathers what it is told, for another thread to say. */
export function createCollector(notices: Notice[]): Logger {
  const at = (level: Notice['level']) => (message: string) => void notices.push({ level, message });
  return { debug: at('debug'), info: at('debug'), notice: at('notice'), warn: at('warn'), error: at('warn') };
}

/** Says what was gathered on the other side. */
export function relayNotices(notices: readonly Notice[], logger: Logger | undefined): void {
  for (const { level, message } of notices) logger?.[level](message);
}
