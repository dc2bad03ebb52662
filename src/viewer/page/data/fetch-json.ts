/** What a server said when it would not answer; `detail` is for people. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly status: number;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `the server answered with ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** RFC 9457, as the server sends it; a web server of files sends nothing of it. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly tag?: string;
  readonly level?: number;
  readonly col?: number;
  readonly row?: number;
}

/** @throws FetchError where the answer is no success; TypeError where there is none */
export async function fetchAnswer(address: string, options: RequestInit = {}): Promise<Response> {
  const answer = await fetch(address, options);
  if (answer.ok) return answer;
  throw new FetchError(answer.status, await readProblem(answer));
}

/** @throws FetchError; TypeError where there is no answer; SyntaxError where it is no JSON */
export async function fetchJson<T>(address: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetchAnswer(address, options);
  return (await answer.json()) as T;
}

async function readProblem(answer: Response): Promise<Problem> {
  if (!answer.headers.get('content-type')?.includes('json')) return {};
  return (await answer.json().catch(() => ({}))) as Problem;
}
