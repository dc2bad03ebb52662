/**
 * How far a run is, on stderr: a bar with rate and time left on a terminal, a line every few seconds elsewhere, JSON
 * lines for machines, nothing when quiet. It draws inside `update`, without timers, so it never keeps a process alive.
 */
import type { TextStream } from './log.ts';

export interface ProgressOptions {
  /** What is worked on: a slide or a stage. */
  label: string;
  /** What is counted, in the plural: `patches`, `slides`. */
  unit: string;
  /** All items; without it there is no share and no time left. */
  total?: number;
  /** Items that an earlier run finished: shown as done, left out of the rate. Default 0. */
  initial?: number;
  /** Default `process.stderr`. */
  stream?: TextStream;
  /** Draw a bar. Default: whether the stream is a terminal. */
  isTty?: boolean;
  /** Default false. */
  json?: boolean;
  /** Default false. */
  quiet?: boolean;
  /** Milliseconds, monotonic; for tests. */
  now?: () => number;
}

/** By their names, as they stand at the moment. */
export type ProgressFigures = Readonly<Record<string, number>>;

export interface Progress extends Disposable {
  /** `finished` items are done in all, the initial ones included. `figures` are shown behind: a loss. */
  update(finished: number, figures?: ProgressFigures): void;
  /** Draws the last state and ends the bar's line. May be called twice. */
  done(): void;
}

type Style = 'bar' | 'line' | 'json' | 'none';

/** Milliseconds between two drawings. */
const INTERVAL: Readonly<Record<Style, number>> = { bar: 100, line: 5000, json: 2000, none: Infinity };
/** The rate is the mean over this many milliseconds: short enough to follow a change, long enough to be read. */
const RATE_WINDOW = 15_000;
const BAR_WIDTH = 24;

interface Sample {
  readonly time: number;
  readonly finished: number;
}

interface Snapshot {
  readonly label: string;
  readonly unit: string;
  readonly finished: number;
  readonly total: number | undefined;
  /** Items a second; undefined before anything was measured. */
  readonly rate: number | undefined;
  /** Seconds; undefined where it can't be told. */
  readonly left: number | undefined;
  readonly elapsed: number;
  readonly figures: ProgressFigures | undefined;
}

export function createProgress(options: ProgressOptions): Progress {
  return new StreamProgress(options);
}

class StreamProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #stream: TextStream;
  readonly #style: Style;
  readonly #now: () => number;
  readonly #first: Sample;
  readonly #samples: Sample[];
  #finished: number;
  #figures: ProgressFigures | undefined;
  #drawnAt: number;
  #ended = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#stream = options.stream ?? process.stderr;
    this.#style = chooseStyle(options, this.#stream);
    this.#now = options.now ?? performance.now.bind(performance);
    this.#finished = options.initial ?? 0;
    this.#drawnAt = this.#now();
    this.#first = { time: this.#drawnAt, finished: this.#finished };
    this.#samples = [this.#first];
  }

  update(finished: number, figures?: ProgressFigures): void {
    this.#finished = finished;
    this.#figures = figures;
    const time = this.#now();
    if (this.#ended || time - this.#drawnAt < INTERVAL[this.#style]) return;
    this.#drawnAt = time;
    this.#samples.push({ time, finished });
    while (this.#samples.length > 2 && time - (this.#samples[0]?.time ?? time) > RATE_WINDOW) this.#samples.shift();
    this.#draw(this.#measure(this.#samples[0] ?? this.#first, time), false);
  }

  done(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#style !== 'none') this.#draw(this.#measure(this.#first, this.#now()), true);
  }

  [Symbol.dispose](): void {
    this.done();
  }

  #measure(since: Sample, time: number): Snapshot {
    const { label, unit, total } = this.#options;
    const seconds = (time - since.time) / 1000;
    const rate = seconds > 0 ? (this.#finished - since.finished) / seconds : undefined;
    const left = total !== undefined && rate ? Math.max(0, total - this.#finished) / rate : undefined;
    const elapsed = (time - this.#first.time) / 1000;
    return { label, unit, finished: this.#finished, total, rate, left, elapsed, figures: this.#figures };
  }

  #draw(snapshot: Snapshot, last: boolean): void {
    if (this.#style === 'json') this.#stream.write(`${JSON.stringify(toJson(snapshot, last))}\n`);
    else if (this.#style === 'bar')
      this.#stream.write(`\r${formatBar(snapshot)}${formatState(snapshot, last)}\x1b[K${last ? '\n' : ''}`);
    else this.#stream.write(`${snapshot.label}: ${formatState(snapshot, last)}\n`);
  }
}

function chooseStyle(options: ProgressOptions, stream: TextStream): Style {
  if (options.quiet) return 'none';
  if (options.json) return 'json';
  return (options.isTty ?? stream.isTTY === true) ? 'bar' : 'line';
}

function toJson(snapshot: Snapshot, last: boolean): Record<string, unknown> {
  const { label, unit, finished, total, rate, left, elapsed, figures } = snapshot;
  const round = (value: number | undefined) => (value === undefined ? undefined : Math.round(value * 10) / 10);
  const numbers = { rate: round(rate), secondsLeft: last ? 0 : round(left), seconds: round(elapsed) };
  return { progress: label, unit, finished, total, ...numbers, figures, done: last };
}

function formatBar({ label, finished, total }: Snapshot): string {
  if (!total) return `${label} `;
  const full = Math.min(BAR_WIDTH, Math.floor((finished / total) * BAR_WIDTH));
  return `${label} [${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] `;
}

function formatState(snapshot: Snapshot, last: boolean): string {
  const { unit, finished, total, rate, left, elapsed, figures = {} } = snapshot;
  const share = total ? ` of ${formatCount(total)} (${((finished / total) * 100).toFixed(1)} %)` : '';
  const speed = rate === undefined ? '' : `, ${rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} ${unit}/s`;
  const end = last ? `, ${formatSeconds(elapsed)}` : left === undefined ? '' : `, ${formatSeconds(left)} left`;
  const more = Object.entries(figures).map(([name, value]) => `, ${name} ${formatFigure(value)}`);
  return `${formatCount(finished)}${share} ${unit}${speed}${end}${more.join('')}`;
}

function formatFigure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(3);
}

function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `7 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
