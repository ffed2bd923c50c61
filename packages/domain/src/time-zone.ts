/** Whether the runtime knows this IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as "+02:00" are accepted by Intl, but do not follow summer time: names only.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
