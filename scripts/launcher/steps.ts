/** What `npm start` prints: each step with its time. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const interactive = process.stdout.isTTY === true;
  if (interactive) process.stdout.write(`• ${title}…`);
  try {
    const result = await work();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${interactive ? '\r\x1b[K' : ''}✓ ${title} (${seconds} s)\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${interactive ? '\r\x1b[K' : ''}✗ ${title}\n`);
    throw error;
  }
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}
