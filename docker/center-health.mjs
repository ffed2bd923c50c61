// Health check of the control center: 0 when /readyz says that it can work, database and queues included.
const secure = process.env.TLS_CERT || process.env.TLS_CERT_FILE;
// Its certificate is for the name that others use, not for loopback.
if (secure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const address = `${secure ? 'https' : 'http'}://127.0.0.1:${process.env.PORT || 3000}/readyz`;
try {
  const response = await fetch(address, { signal: AbortSignal.timeout(4000) });
  process.stdout.write(`${response.status} ${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${address}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
