/** How often clients may ask: so many requests a second on average, and some seconds' worth at once. */
export interface RequestRate {
  /**
   * Takes one request of a client.
   * @param now milliseconds of any clock that never goes back
   * @returns seconds until it may ask again, whole and above 0; 0 where it may now
   */
  take(client: string, now: number): number;
  /** Clients that are remembered. */
  readonly clients: number;
}

/** A page that opens asks for hundreds of tiles at once, and then for few. */
const BURST_SECONDS = 4;
/** The one that was not heard of for longest goes first. */
const MAX_CLIENTS = 10_000;

interface Account {
  /** Requests that it may make at once, as of `at`. */
  left: number;
  at: number;
}

/** @param perSecond above 0 */
export function createRequestRate(perSecond: number): RequestRate {
  const most = perSecond * BURST_SECONDS;
  const accounts = new Map<string, Account>();

  function find(client: string, now: number): Account {
    const account = accounts.get(client) ?? { left: most, at: now };
    accounts.delete(client);
    accounts.set(client, account);
    const [oldest] = accounts.keys();
    if (accounts.size > MAX_CLIENTS && oldest !== undefined) accounts.delete(oldest);
    return account;
  }

  return {
    take(client, now) {
      const account = find(client, now);
      account.left = Math.min(most, account.left + ((now - account.at) / 1000) * perSecond);
      account.at = now;
      if (account.left < 1) return Math.max(1, Math.ceil((1 - account.left) / perSecond));
      account.left--;
      return 0;
    },
    get clients() {
      return accounts.size;
    },
  };
}
