import { expect, test } from 'vitest';
import { agentEnrolLine, insecureFlag, nodeEnrolLine, shellWord, worksOnlyHere } from './enrol-line.ts';

test('plain HTTP is only asked for where it leaves the machine', () => {
  expect(insecureFlag('http://localhost:3000')).toBe('');
  expect(insecureFlag('http://127.0.0.1:3000')).toBe('');
  expect(insecureFlag('http://[::1]:3000')).toBe('');
  expect(insecureFlag('https://center.example')).toBe('');
  expect(insecureFlag('http://center.example:3000')).toBe(' --insecure-http');
  expect(insecureFlag('http://127.example.com')).toBe(' --insecure-http');
});

test.each([
  ['http://localhost:3000', true],
  ['http://127.0.0.1:3000', true],
  ['http://127.1.2.3', true],
  ['http://[::1]:3000', true],
  ['https://localhost', true],
  ['http://10.0.0.2:3000', false],
  ['https://center.example', false],
  ['http://localhost.example', false],
])('a line with %s works only here: %s', (origin, only) => {
  expect(worksOnlyHere(origin)).toBe(only);
});

test('one line enrols and starts an agent', () => {
  expect(agentEnrolLine({ origin: 'http://10.0.0.2:3000', token: 'bw_join_x', address: 'web-3' })).toBe(
    'npx breakwater-agent enroll --server http://10.0.0.2:3000 --token bw_join_x --address web-3' +
      ' --data /var/lib/breakwater-agent --insecure-http && npx breakwater-agent run --data /var/lib/breakwater-agent',
  );
});

test('one line enrols and starts a node, which listens on the port of its address', () => {
  expect(
    nodeEnrolLine({
      origin: 'https://center.example',
      token: 'bw_join_x',
      name: 'node-d',
      publicUrl: 'https://node-d.example:3101',
    }),
  ).toBe(
    'npx breakwater-node enroll --server https://center.example --token bw_join_x --name node-d' +
      ' --listen 0.0.0.0:3101 --public-url https://node-d.example:3101 --data /srv/breakwater' +
      ' && npx breakwater-node run --data /srv/breakwater',
  );
  expect(
    nodeEnrolLine({
      origin: 'https://center.example',
      token: 't',
      name: 'n',
      publicUrl: 'http://node.example',
    }),
  ).toContain('--listen 0.0.0.0:80 --public-url http://node.example --data /srv/breakwater --insecure-http');
});

test('words that mean something to a shell are quoted', () => {
  expect(shellWord('web-3.example')).toBe('web-3.example');
  expect(shellWord("a'b; rm")).toBe(`'a'\\''b; rm'`);
  expect(shellWord('')).toBe(`''`);
});
