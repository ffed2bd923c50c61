import { agentEnglish } from '@breakwater/contract/agent-english';
import type { AgentRemarkKind } from '@breakwater/contract/agent-remark-kinds';
import type { Remark } from '@breakwater/contract/remark';
import { type RemarkKind, remarkKinds } from '@breakwater/contract/remark-kinds';
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import { english } from '../../remarks/english.ts';
import { remarkArguments } from '../../remarks/remark-arguments.ts';
import { catalogueOf } from './catalogue.ts';
import { type Locale, locales } from './locale.ts';
import { type RemarkLanguage, sayRemark } from './say-remark.ts';

function language(locale: Locale): RemarkLanguage {
  const translate = createTranslator({
    locale,
    messages: catalogueOf(locale),
    namespace: 'remarks',
    onError: (error) => {
      throw error;
    },
  });
  return { translate: translate as unknown as RemarkLanguage['translate'], time: (at) => `<${at}>` };
}

const inner: Remark = { text: 'no heartbeat for 47 s', kind: 'agent-silent', values: { seconds: 47 } };
/** A value that each field of some kind takes. */
const candidates = [
  'web-3',
  '2026-11-22T02:00:00.000Z',
  'backup',
  'partial',
  'agent',
  'offline',
  'ahead',
  'before',
  'path-not-found',
  3,
  true,
  inner,
  [inner, inner],
  ['read', 'lock'],
] satisfies Remark['values'][string][];

function example(kind: RemarkKind): Remark {
  const values: Remark['values'] = {};
  for (const [name, schema] of Object.entries(remarkKinds[kind].shape)) {
    const value = candidates.find((one) => schema.safeParse(one).success);
    if (value === undefined) throw new Error(`no example for ${name} of ${kind}`);
    values[name] = value;
  }
  return { text: 'the fallback', kind, values };
}

const kinds = Object.keys(remarkKinds) as RemarkKind[];

describe.each([...locales])('in %s', (locale) => {
  it.each(kinds)('%s has a sentence with all its values', (kind) => {
    const remark = example(kind);
    const said = sayRemark(remark, language(locale));
    expect(said).not.toBe('');
    expect(said).not.toContain('fallback');
    expect(said).not.toMatch(/[{}]|undefined|null|\[object/);
    for (const name of [
      'server',
      'task',
      'address',
      'node',
      'by',
      'email',
      'detail',
      'words',
      'of',
      'name',
    ]) {
      const value = remark.values[name];
      if (typeof value === 'string') expect(said, name).toContain(value);
    }
  });

  it.each(kinds)('%s is said when what may be absent is', (kind) => {
    const { values, ...rest } = example(kind);
    const shape = remarkKinds[kind].shape as Record<
      string,
      { safeParse(value: unknown): { success: boolean } }
    >;
    const bare = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        shape[name]?.safeParse(null).success === true ? null : value,
      ]),
    );
    const said = sayRemark({ ...rest, values: bare }, language(locale));
    expect(said).not.toMatch(/[{}]|undefined|null|fallback|: *$|""|“”/);
  });
});

describe('sayRemark', () => {
  it('says a reason inside a sentence in the same language', () => {
    const remark: Remark = {
      text: 'The backup "Nightly" of web-3 was missed: no heartbeat for 47 s',
      kind: 'run-ended',
      values: { run: 'backup', state: 'stopped', task: 'Nightly', server: 'web-3', files: 0, reason: inner },
    };
    expect(sayRemark(remark, language('en'))).toBe(remark.text);
    expect(sayRemark(remark, language('zh-CN'))).toBe('web-3 的备份“Nightly”未执行：47 秒没有心跳');
  });

  it('keeps apart what a task is called and what ICU means by it', () => {
    const remark: Remark = { text: '', kind: 'task-never-ran', values: { task: "{none} it's <b>" } };
    expect(sayRemark(remark, language('en'))).toBe('"{none} it\'s <b>" has not run yet');
  });

  it('says in English what agents fill in themselves, without a library', () => {
    for (const kind of Object.keys(agentEnglish) as AgentRemarkKind[]) {
      const remark = example(kind);
      const plain = agentEnglish[kind].replace(/\{(\w+)\}/g, (_, name: string) =>
        remark.values[name] === inner ? inner.text : String(remark.values[name]),
      );
      expect(sayRemark(remark, language('en'))).toBe(plain);
    }
  });

  it('says in Chinese what an agent told, with why', () => {
    const why: Remark = { text: 'no room', kind: 'node-is-full', values: {} };
    const remark: Remark = {
      text: 'alpha cannot be used: full',
      kind: 'node-unusable',
      values: { node: 'alpha', why },
    };
    expect(sayRemark(remark, language('zh-CN'))).toBe('无法使用 alpha：空间不足');
  });

  it('leaves a kind it does not know, or values it does not know, to the sentence of the server', () => {
    expect(sayRemark({ text: 'new', kind: 'from-tomorrow', values: {} }, language('zh-CN'))).toBe('new');
    expect(
      sayRemark({ text: 'odd', kind: 'agent-silent', values: { seconds: 'x' } }, language('zh-CN')),
    ).toBe('odd');
    const outer: Remark = {
      text: 'outer',
      kind: 'task-failed',
      values: { task: 'Mail', reason: { text: 'why', kind: 'from-tomorrow', values: {} } },
    };
    expect(sayRemark(outer, language('zh-CN'))).toBe('“Mail”：最近一次备份失败：why');
  });

  it('says in English what the server says', () => {
    const server = createTranslator({ locale: 'en', messages: english }) as unknown as (
      kind: RemarkKind,
      values: Record<string, string | number>,
    ) => string;
    const words = {
      say: () => inner.text,
      time: (at: string) => `<${at}>`,
      separator: ', ',
      longSeparator: '; ',
    };
    for (const kind of kinds) {
      const remark = example(kind);
      expect(sayRemark(remark, language('en'))).toBe(server(kind, remarkArguments(remark.values, words)));
    }
  });
});
