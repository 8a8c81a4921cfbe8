import { describe, expect, it } from 'vitest';
import { followupProposal, followups } from '../../src/contract/followups.ts';
import { describeIssue } from '../../src/contract/parse-line.ts';

const one = { key: 'one', title: 'One' };

function proposal(...tasks: readonly object[]): Record<string, unknown> {
  return { version: 1, source_task_id: 'T-1', tasks };
}

describe('M52: followupProposal', () => {
  it('takes the least that there can be, and every field', () => {
    const whole = {
      ...one,
      description: 'd',
      priority: 'low',
      tags: ['a'],
      scope: ['b'],
      evidence: ['c'],
      plan: ['d'],
      depends_on_keys: ['two'],
      independence_rationale: 'r',
    };
    for (const value of [proposal(), proposal(one), proposal(whole, { key: 'two', title: 'Two' })]) {
      expect(followupProposal.parse(value)).toEqual(value);
    }
  });

  it.each<[string, object, RegExp]>([
    ['a key twice', proposal(one, one), /^tasks\.1\.key: the key "one" occurs twice/],
    ['another version', { ...proposal(one), version: 2 }, /^version: /],
    ['no source', { version: 1, tasks: [one] }, /^source_task_id: /],
    ['an unknown field', { ...proposal(one), extra: 1 }, /"extra"/],
    ['an unknown field of a task', proposal({ ...one, status: 'done' }), /^tasks\.0: .*"status"/],
    ['a key that is not proposed', proposal({ ...one, depends_on_keys: ['two'] }), /depends on "two", which is not/],
    ['itself', proposal({ ...one, depends_on_keys: ['one'] }), /"one" depends on itself/],
    [
      'a circle',
      proposal(
        { ...one, depends_on_keys: ['two'] },
        { key: 'two', title: 'Two', depends_on_keys: ['three'] },
        { key: 'three', title: 'Three', depends_on_keys: ['two'] },
      ),
      /depends on itself, by way of others/,
    ],
    ['a title of two lines', proposal({ ...one, title: 'a\nb' }), /^tasks\.0\.title: must be one line of text/],
    ['a blank title', proposal({ ...one, title: ' ' }), /^tasks\.0\.title: /],
    ['a blank item', proposal({ ...one, plan: [' '] }), /^tasks\.0\.plan\.0: must not be blank/],
    ['too many', proposal(...Array.from({ length: 101 }, (_, n) => ({ key: `k${n}`, title: 'T' }))), /100/],
  ])('refuses %s and says what is wrong', (_name, value, words) => {
    const { error } = followupProposal.safeParse(value);
    expect(error === undefined ? 'taken' : describeIssue(error)).toMatch(words);
  });
});

it('an event may carry fields that are not known yet', () => {
  expect(followups.safeParse([{ ...one, later: 1 }]).success).toBe(true);
});
