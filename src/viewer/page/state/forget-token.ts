/** Takes the token out of the address: the cookie has it from now on, and a link that is passed on must not. */
export function forgetToken(): void {
  const address = new URL(location.href);
  if (!address.searchParams.has('token')) return;
  address.searchParams.delete('token');
  history.replaceState(null, '', address);
}
