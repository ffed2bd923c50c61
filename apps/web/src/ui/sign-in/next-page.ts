/** Where to go after signing in: a path of this console, whatever the address says. */
export function nextPage(wanted: string | null): string {
  if (wanted === null || !wanted.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/';
  // Browsers drop tabs and line breaks from addresses: "/\t/evil.example" would leave this site.
  const url = new URL(wanted, 'http://console.invalid');
  if (url.host !== 'console.invalid' || url.pathname === '/sign-in') return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
