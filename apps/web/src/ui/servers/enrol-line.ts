export interface EnrolLine {
  origin: string;
  token: string;
}

/** Whether only this machine itself gets there, so that plain HTTP needs no permission. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Whether a line with this address works on no other machine than the one it was made on. */
export function worksOnlyHere(origin: string): boolean {
  return isLoopback(new URL(origin));
}

/** The extra word that a plain-HTTP control center needs on another machine; '' when it needs none. */
export function insecureFlag(origin: string): '' | ' --insecure-http' {
  const url = new URL(origin);
  return url.protocol === 'http:' && !isLoopback(url) ? ' --insecure-http' : '';
}

/** A word for a POSIX shell: as it is when nothing in it means anything to a shell, else in single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const AGENT_DATA = '/var/lib/breakwater-agent';
const NODE_DATA = '/srv/breakwater';

/** What to paste on a server whose data is to be protected: enrols its agent and starts it. */
export function agentEnrolLine(line: EnrolLine & { address: string; maintenance?: boolean }): string {
  const role = line.maintenance === true ? ' --role maintenance' : '';
  return (
    `npx breakwater-agent enroll --server ${shellWord(line.origin)} --token ${shellWord(line.token)}` +
    ` --address ${shellWord(line.address)} --data ${AGENT_DATA}${role}${insecureFlag(line.origin)}` +
    ` && npx breakwater-agent run --data ${AGENT_DATA}`
  );
}

/** What to paste on a machine that is to store backups: enrols the node and starts it. */
export function nodeEnrolLine(line: EnrolLine & { name: string; publicUrl: string }): string {
  const { port, protocol } = new URL(line.publicUrl);
  const listen = `0.0.0.0:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
  // Either way may be the plain one: to the control center, or from the agents to this node.
  const insecure = insecureFlag(line.origin) || insecureFlag(line.publicUrl);
  return (
    `npx breakwater-node enroll --server ${shellWord(line.origin)} --token ${shellWord(line.token)}` +
    ` --name ${shellWord(line.name)} --listen ${listen} --public-url ${shellWord(line.publicUrl)}` +
    ` --data ${NODE_DATA}${insecure} && npx breakwater-node run --data ${NODE_DATA}`
  );
}
