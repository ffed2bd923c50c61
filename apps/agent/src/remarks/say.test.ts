import { remarkKinds } from '@breakwater/contract/remark-kinds';
import { Failure } from '@breakwater/domain/failure';
import { describe, expect, it } from 'vitest';
import { failureOf, quote, say, sayFailure, senseOf } from './say.ts';
import { sayRefusal } from './say-refusal.ts';

describe('say', () => {
  it('fills in values, and the sentence of a remark among them', () => {
    const why = say('backup-without-unreadable', { why: say('permission-denied', {}) });
    expect(why.text).toBe('It cannot be read: Permission denied, so the backup goes on without it');
    expect(say('node-failed', { node: 'alpha', why }).text).toBe(`alpha failed: ${why.text}`);
    expect(say('node-answers-again', { node: '{why}', seconds: 1200 }).text).toBe(
      '{why} answers again, after 1200 s',
    );
  });
});

describe('sayFailure', () => {
  it('says what the failure itself knows to say, else its code', () => {
    const failure = failureOf('target-not-empty', say('target-not-empty', { path: '/srv' }));
    expect(failure.message).toMatch(/^The folder \/srv is not empty/);
    expect(sayFailure(failure)).toEqual(say('target-not-empty', { path: '/srv' }));
    const other = sayFailure(new Failure('node-full', 'no room'));
    expect(other).toEqual({
      text: 'no room',
      kind: 'failure',
      values: { code: 'node-full', detail: 'no room' },
    });
    expect(remarkKinds.failure.parse(other.values)).toEqual(other.values);
    expect(failureOf('no-node', quote('as they said')).sense).toBeNull();
  });
});

describe('senseOf', () => {
  it('is what can be sent and stored, and nothing of mere words', () => {
    expect(senseOf('words')).toBeNull();
    expect(senseOf(quote('words'))).toBeNull();
    expect(senseOf(say('read-back-failed', { why: '/a\ud800\0' }))).toEqual({
      kind: 'read-back-failed',
      values: { why: '/a\ufffd\ufffd' },
    });
    expect(senseOf(say('read-back-failed', { why: 'x'.repeat(9000) }))).toBeNull();
  });
});

describe('sayRefusal', () => {
  it.each([
    ['full', 'node-is-full'],
    ['over quota', 'node-over-quota'],
    ['holds no copy', 'node-without-copy'],
    ['unhealthy: the disk\nfails', 'node-unhealthy'],
    ['from tomorrow', 'words'],
    ['toString', 'words'],
  ])('%s', (reason, kind) => {
    const { text, ...said } = sayRefusal(reason);
    expect(text).toBe(reason);
    expect(said.kind).toBe(kind);
    expect(remarkKinds[said.kind as keyof typeof remarkKinds].safeParse(said.values).success).toBe(true);
  });
});
