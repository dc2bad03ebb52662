import { RemoteError, SourceError } from '../../utils/errors.ts';
import { hideSecrets } from './remote-address.ts';
import { resolveS3Object, type S3Object } from './s3-object.ts';
import { signS3Request } from './sign-s3.ts';

export interface RemoteRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;
/** What an address that a redirect led to answers when it has run out; Google's store says 400 of a signature that has. */
const EXPIRED = new Set([400, 401, 403, 404, 410]);

/**
 * The file that a URL means, and how it is asked for: whom we say we are, where redirects lead. Credentials go to the host
 * they are meant for and to no other.
 */
export class RemoteTarget {
  /** For messages. */
  readonly name: string;
  #url: URL;
  #s3: S3Object | undefined;
  readonly #authorization: string | undefined;
  /** Where the last redirect led: asked first the next time. */
  #moved: URL | undefined;

  /** @throws SourceError for an address that makes no sense */
  constructor(address: string) {
    this.name = hideSecrets(address);
    if (/^s3:/i.test(address)) {
      this.#s3 = resolveS3Object(address, process.env);
      this.#url = this.#s3.url;
      return;
    }
    if (!URL.canParse(address)) throw new SourceError(this.name, 'not a valid URL');
    this.#url = new URL(address);
    const { username, password } = this.#url;
    if (username || password) {
      const pair = `${decodePart(username)}:${decodePart(password)}`;
      this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    // `fetch` takes no URL with a password.
    this.#url.username = '';
    this.#url.password = '';
    this.#url.hash = '';
  }

  /** Whether the file lies in S3 and requests are not signed, for hints. */
  get isAnonymousS3(): boolean {
    return this.#s3 !== undefined && this.#s3.credentials === undefined;
  }

  /** The answer to a request, after redirects. The caller reads or cancels its body. Rejects as `fetch` does. */
  async send(request: RemoteRequest): Promise<Response> {
    const moved = this.#moved;
    const response = await this.#follow(moved ?? this.#url, request);
    if (!moved || !EXPIRED.has(response.status)) return response;
    await response.body?.cancel();
    // Another request may have found the new place meanwhile.
    if (this.#moved === moved) this.#moved = undefined;
    return this.#follow(this.#moved ?? this.#url, request);
  }

  async #follow(from: URL, request: RemoteRequest): Promise<Response> {
    let at = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const { method, signal } = request;
      const signedFor = this.#s3?.region;
      const response = await fetch(at, { method, signal, redirect: 'manual', headers: this.#sign(at, request) });
      if (this.#moveToRegion(response, signedFor)) at = this.#url;
      else if (REDIRECTS.has(response.status)) at = this.#getLocation(response, at);
      else {
        if (response.ok && at !== this.#url) this.#moved = at;
        return response;
      }
      await response.body?.cancel();
    }
    throw new RemoteError(this.name, `more than ${MAX_REDIRECTS} redirects`, { reason: 'protocol' });
  }

  #sign(at: URL, { method, headers }: RemoteRequest): Record<string, string> {
    if (at.origin !== this.#url.origin) return { ...headers };
    const { credentials, region } = this.#s3 ?? {};
    if (credentials && region)
      return signS3Request({ method, url: at, headers }, { credentials, region, date: new Date() });
    return this.#authorization === undefined ? { ...headers } : { ...headers, authorization: this.#authorization };
  }

  /**
   * Amazon names the region of a bucket in its answer to a request that went to another one. Requests that run side by side
   * hear of it one by one: what counts is the region that this one was for.
   */
  #moveToRegion({ status, headers }: Response, signedFor: string | undefined): boolean {
    const region = headers.get('x-amz-bucket-region');
    if (!this.#s3?.isAmazon || status < 300 || !region || region === signedFor) return false;
    if (region === this.#s3.region) return true;
    // It becomes part of a host's name.
    if (!/^[a-z0-9-]+$/.test(region)) return false;
    this.#s3 = resolveS3Object(this.name, process.env, region);
    this.#url = this.#s3.url;
    return true;
  }

  #getLocation(response: Response, from: URL): URL {
    const location = response.headers.get('location');
    const fail = (message: string) =>
      new RemoteError(this.name, message, { reason: 'protocol', status: response.status });
    if (!location) throw fail('redirected without an address');
    if (!URL.canParse(location, from.href)) throw fail('redirected to no valid URL');
    const to = new URL(location, from);
    if (to.protocol !== 'https:' && to.protocol !== 'http:') throw fail(`redirected to ${to.protocol}`);
    if (from.protocol === 'https:' && to.protocol === 'http:') throw fail('redirected from https to http');
    return to;
  }
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
