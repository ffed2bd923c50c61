import { repositoryRunInput } from '@breakwater/contract/repository-care';
import { describe, expect, it } from 'vitest';
import { checkInput, checkPlan, planDraftOf, pruneInput, readChoices, unusedChoices } from './care-draft.ts';

describe('checkPlan', () => {
  const plan = { enabled: false, pruneEveryDays: 7, checkEveryByteDays: 30 };

  it('gives back the plan it was shown', () => {
    expect(checkPlan(planDraftOf(plan))).toEqual({ ok: true, plan });
  });

  it('names every number that is none', () => {
    const draft = { ...planDraftOf(plan), pruneEveryDays: '0', checkEveryByteDays: 'x' };
    expect(checkPlan(draft)).toEqual({ ok: false, wrong: ['pruneEveryDays', 'checkEveryByteDays'] });
    expect(checkPlan({ ...planDraftOf(plan), pruneEveryDays: '366' })).toEqual({
      ok: false,
      wrong: ['pruneEveryDays'],
    });
  });
});

describe('what is started', () => {
  const node = '0190a3f0-0000-7000-8000-000000000001';

  it('is always what the API takes', () => {
    for (const nodeId of [null, node]) {
      for (const read of readChoices) {
        const input = checkInput(nodeId, read);
        expect(repositoryRunInput.parse(input)).toEqual(input);
      }
      for (const unused of unusedChoices) {
        const input = pruneInput(nodeId, unused);
        expect(repositoryRunInput.parse(input)).toEqual(input);
      }
    }
  });

  it('reads as much as was chosen, of the copy that was chosen', () => {
    expect(checkInput(node, 'all')).toEqual({ kind: 'check', nodeId: node, readData: true });
    expect(checkInput(null, 'structure')).toEqual({ kind: 'check', readData: false });
    expect(checkInput(null, 'part')).toMatchObject({ readData: false, readDataSubset: '10%' });
  });
});
