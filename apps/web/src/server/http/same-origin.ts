import { Failure } from '@breakwater/domain/failure';

/**
 * A browser sends the session cookie along with whatever another site makes it ask for, so a request that changes
 * something must come from our own pages: by `Sec-Fetch-Site` where the browser sends it, else by `Origin`. Throws
 * Failure `forbidden`.
 */
export function requireSameOrigin(request: Request, publicUrl: string | null): void {
  const site = request.headers.get('sec-fetch-site');
  if (site === 'same-origin') return;
  const origin = request.headers.get('origin');
  if (site === null && origin !== null && isOwn(origin, request, publicUrl)) return;
  throw new Failure('forbidden', 'this request does not come from a page of this control center');
}

function isOwn(origin: string, request: Request, publicUrl: string | null): boolean {
  try {
    const host = new URL(origin).host;
    return host === request.headers.get('host') || (publicUrl !== null && host === new URL(publicUrl).host);
  } catch {
    return false;
  }
}
