import { describe, expect, it } from 'vitest';
import { type CopyListing, planMirror, planPull } from './replication-plan.ts';

const none = new Set<string>();
const copy = (snapshots: string[], indexes: string[], packs: string[], size = 10): CopyListing => {
  const sizes = (names: string[]) => new Map(names.map((name) => [name, size]));
  return { snapshots: sizes(snapshots), indexes: sizes(indexes), packs: sizes(packs) };
};
const file = (kind: 'data' | 'index' | 'snapshots', name: string) => ({ kind, name, size: 10 });

describe('what a copy fetches from another', () => {
  it('is packs, then indexes, then snapshots, and only what is not there', () => {
    const source = copy(['s2', 's1'], ['i2', 'i1'], ['p3', 'p1', 'p2']);
    expect(planPull(source, copy(['s1'], ['i1'], ['p1']), none)).toEqual({
      pull: 'files',
      groups: [[file('data', 'p2'), file('data', 'p3')], [file('index', 'i2')], [file('snapshots', 's2')]],
      files: 4,
      bytes: 40,
    });
  });

  it('is nothing where no snapshot is lacking, though files are: they were pruned', () => {
    expect(planPull(copy(['s1'], ['i1', 'i2'], ['p1', 'p2']), copy(['s1'], ['i3'], ['p3']), none)).toEqual({
      pull: 'nothing',
    });
  });

  it('is nothing where only forgotten snapshots are lacking, and never one of them', () => {
    const forgotten = new Set(['s1']);
    const source = copy(['s1'], ['i1'], ['p1']);
    expect(planPull(source, copy([], [], []), forgotten)).toEqual({ pull: 'nothing' });
    const more = planPull(copy(['s1', 's2'], ['i1'], ['p1']), copy([], [], []), forgotten);
    expect(more).toMatchObject({
      groups: [[file('data', 'p1')], [file('index', 'i1')], [file('snapshots', 's2')]],
    });
  });

  it('is refused where a file has another size than on the source', () => {
    const target = { ...copy([], [], []), packs: new Map([['p1', 9]]) };
    expect(planPull(copy(['s1'], ['i1'], ['p1']), target, none)).toEqual({
      pull: 'refused',
      differing: [file('data', 'p1')],
    });
  });
});

describe('making a copy the same as one that was pruned', () => {
  const source = copy(['s2'], ['i9'], ['p2', 'p9']);

  it('fetches first and removes then, snapshots before indexes before packs', () => {
    expect(planMirror(source, copy(['s1', 's2'], ['i1'], ['p1', 'p2']), new Set(['s1']))).toEqual({
      mirror: 'files',
      groups: [[file('data', 'p9')], [file('index', 'i9')], []],
      files: 2,
      bytes: 20,
      removals: [[file('snapshots', 's1')], [file('index', 'i1')], [file('data', 'p1')]],
    });
  });

  it('waits while the copy holds a snapshot that the source lacks', () => {
    expect(planMirror(source, copy(['s3'], ['i1'], ['p1']), none)).toEqual({
      mirror: 'ahead',
      snapshots: ['s3'],
    });
  });

  it('removes nothing where a copy is damaged', () => {
    expect(planMirror(source, copy([], [], ['p2'], 11), none)).toEqual({
      mirror: 'refused',
      differing: [file('data', 'p2')],
    });
  });

  it('has nothing to do with a copy that is the same', () => {
    expect(planMirror(source, source, none)).toMatchObject({ files: 0, removals: [[], [], []] });
  });
});
