import { describe, expect, it } from 'vitest';
import { checkDraft, draftOf, emptyDraft, nameParts, patchOf, placeFieldErrors } from './task-draft.ts';

const full = { ...emptyDraft('web-1', 'UTC'), paths: ['/etc', '/srv'] };

describe('checkDraft', () => {
  it('makes what the API takes, with a name of its own when none was typed', () => {
    const check = checkDraft(full, 'web-1: /etc and /srv');
    if (!check.ok) throw new Error(JSON.stringify(check.problems));
    expect(check.input).toMatchObject({
      name: 'web-1: /etc and /srv',
      schedule: { cron: '0 2 * * *', timeZone: 'UTC' },
      nodeId: null,
    });
    expect(patchOf(check.input)).not.toHaveProperty('sourceAddress');
  });

  it('names every field that is missing', () => {
    const check = checkDraft({ ...emptyDraft(null, 'UTC'), strategy: 'pinned' }, '');
    expect(check).toEqual({
      ok: false,
      problems: { sourceAddress: 'missing', paths: 'missing', nodeId: 'missing' },
    });
    expect(checkDraft({ ...full, strategy: 'pinned' }, 'x')).toEqual({
      ok: false,
      problems: { nodeId: 'missing' },
    });
  });

  it('holds a name against the form only when somebody typed one', () => {
    expect(checkDraft({ ...full, name: 'x'.repeat(101) }, 'y')).toEqual({
      ok: false,
      problems: { name: 'tooLong' },
    });
  });

  it('forgets a node that is no longer pinned', () => {
    const check = checkDraft({ ...full, nodeId: '0190a3f0-0000-7000-8000-000000000001' }, 'x');
    expect(check).toMatchObject({ ok: true, input: { nodeId: null } });
  });

  it('sends the retention, and holds wrong rules against its field', () => {
    const keep = { preset: 'own', rules: { keepDaily: '7' } } as const;
    expect(checkDraft({ ...full, keep }, 'x')).toMatchObject({
      ok: true,
      input: { retention: { keepDaily: 7 } },
    });
    const wrong = { preset: 'own', rules: { keepWithin: 'soon' } } as const;
    expect(checkDraft({ ...full, keep: wrong }, 'x')).toEqual({
      ok: false,
      problems: { retention: 'invalid' },
    });
  });

  it('refuses a relative path', () => {
    expect(checkDraft({ ...full, paths: ['etc'] }, 'x')).toEqual({
      ok: false,
      problems: { paths: 'notAbsolute' },
    });
  });
});

describe('draftOf', () => {
  it('gives back what was saved', () => {
    const check = checkDraft(full, 'name');
    if (!check.ok) throw new Error('not valid');
    const draft = draftOf(
      {
        ...check.input,
        id: '0190a3f0-0000-7000-8000-000000000001',
        enabled: true,
        createdAt: '2026-01-01T00:00:00Z',
        updatedAt: '2026-01-01T00:00:00Z',
        nextRunAt: null,
        lastRun: null,
        lastSuccessAt: null,
      },
      'UTC',
    );
    expect(draft).toEqual({ ...full, name: 'name' });
  });
});

describe('placeFieldErrors', () => {
  it('finds the field of the form whatever the path looks like', () => {
    const error = (field: string) => ({ field, given: 'x', expected: 'y' });
    const placed = placeFieldErrors([
      error('schedule.cron'),
      error('body.paths.0'),
      error('paths[1]'),
      error('schedule.timeZone'),
      error('sourceCopy'),
      error(''),
    ]);
    expect(Object.keys(placed.byField).sort()).toEqual(['cron', 'paths', 'timeZone']);
    expect(placed.others.map((one) => one.field)).toEqual(['paths[1]', 'sourceCopy', '']);
  });
});

describe('nameParts', () => {
  it('names two paths and counts the others', () => {
    expect(nameParts({ ...full, paths: ['/a', '/b', '/c', '/d'] })).toEqual({
      server: 'web-1',
      first: ['/a', '/b'],
      more: 2,
    });
    expect(nameParts(emptyDraft('web-1', 'UTC'))).toBeNull();
  });
});
