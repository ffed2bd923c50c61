import { goJsonString, parseJson } from './go-json.ts';
import { formatGoTime, goTimeToMs, localGoTimeFromMs } from './go-time.ts';
import { JsonFields } from './json-fields.ts';

export interface Lock {
  /** Epoch milliseconds. */
  timeMs: number;
  exclusive: boolean;
  hostname: string;
  username: string;
  pid: number;
  uid: number;
  gid: number;
}

export function encodeLock(lock: Lock): Buffer {
  let json = `{"time":"${formatGoTime(localGoTimeFromMs(lock.timeMs))}","exclusive":${lock.exclusive}`;
  json += `,"hostname":${goJsonString(lock.hostname)},"username":${goJsonString(lock.username)},"pid":${lock.pid}`;
  if (lock.uid !== 0) json += `,"uid":${lock.uid}`;
  if (lock.gid !== 0) json += `,"gid":${lock.gid}`;
  return Buffer.from(`${json}}`);
}

/** Throws `repository-damaged` naming the lock. */
export function decodeLock(json: Uint8Array, name: string): Lock {
  const what = `lock ${name}`;
  const fields = new JsonFields(parseJson(json, what), what);
  return {
    timeMs: goTimeToMs(fields.time('time')),
    exclusive: fields.boolean('exclusive'),
    hostname: fields.string('hostname'),
    username: fields.string('username'),
    pid: fields.uint('pid'),
    uid: fields.uint('uid', 0xffff_ffff),
    gid: fields.uint('gid', 0xffff_ffff),
  };
}
