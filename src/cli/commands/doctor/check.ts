export type CheckStatus = 'ok' | 'warn' | 'fail';

/** What a check found. Only something that slideloom can't do without may `fail`. */
export interface CheckResult {
  readonly status: CheckStatus;
  /** What was found, with units. */
  readonly detail: string;
  /** What to do about it, unless all is well. */
  readonly advice?: string;
}

export interface Check {
  readonly name: string;
  run(settings: { out: string; signal: AbortSignal }): CheckResult | Promise<CheckResult>;
}

/** As a check's own name and result, for text and JSON. */
export type NamedResult = { readonly name: string } & CheckResult;
