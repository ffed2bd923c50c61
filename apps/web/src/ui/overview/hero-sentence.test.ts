import { expect, test } from 'vitest';
import { heroOf, type OverviewServer, worstFirst } from './hero-sentence.ts';

const server = (address: string, state: OverviewServer['state'], missed = 0): OverviewServer => ({
  address,
  agentId: null,
  agentState: 'idle',
  state,
  reason: null,
  missed,
  lastSuccessAt: null,
  nextRunAt: null,
  tasks: 1,
  days: [],
});
const well = (count: number) => Array.from({ length: count }, (_, n) => server(`ok-${n}`, 'ok'));

test('without servers there is nothing to protect', () => {
  expect(heroOf([])).toEqual({ type: 'no-servers' });
});

test('when all is well it says only that', () => {
  expect(heroOf(well(3))).toEqual({ type: 'all-well', servers: 3 });
});

test('a server that missed backups is named with their number', () => {
  expect(heroOf([...well(11), server('web-3', 'attention', 2)])).toEqual({
    type: 'trouble',
    tone: 'warn',
    protected: 12,
    servers: 12,
    worst: { type: 'missed', server: 'web-3', backups: 2 },
  });
});

test('failing comes before everything else, and only what is worst is named', () => {
  const hero = heroOf([
    server('look', 'attention', 4),
    server('db-1', 'failing'),
    server('bare', 'unprotected'),
    ...well(2),
  ]);
  expect(hero).toMatchObject({
    tone: 'bad',
    protected: 3,
    servers: 5,
    worst: { type: 'servers', state: 'failing', names: ['db-1'], count: 1 },
  });
});

test.each([
  ['attention', 1, 'warn'],
  ['ok', 1, 'ok'],
  ['unprotected', 0, 'bad'],
  ['failing', 0, 'bad'],
  ['unknown', 0, 'idle'],
] as const)('a server that is %s counts as %i protected', (state, counted, tone) => {
  const hero = heroOf([server('web-1', state), server('other', 'unknown')]);
  expect(hero).toMatchObject({ type: 'trouble', protected: counted, servers: 2 });
  const alone = heroOf([server('web-1', state)]);
  expect(alone.type === 'all-well' ? 'ok' : alone.type === 'trouble' ? alone.tone : null).toBe(tone);
});

test('three are named in full, of four two are', () => {
  const failing = ['a', 'b', 'c', 'd'].map((name) => server(name, 'failing', 1));
  expect(heroOf(failing.slice(0, 3))).toMatchObject({ worst: { names: ['a', 'b', 'c'], count: 3 } });
  expect(heroOf(failing)).toMatchObject({ worst: { names: ['a', 'b'], count: 4 } });
});

test('rows stand worst first and otherwise keep their order', () => {
  const rows = worstFirst([
    server('b', 'ok'),
    server('a', 'ok'),
    server('c', 'unknown'),
    server('d', 'failing'),
  ]);
  expect(rows.map((row) => row.address)).toEqual(['d', 'c', 'b', 'a']);
});
