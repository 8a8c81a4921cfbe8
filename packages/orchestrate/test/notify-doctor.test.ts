import { describe, expect, it } from 'vitest';
import { judgeNotifications, type SeenTarget } from '../src/doctor/notifications.ts';

const seen = (id: string, more: Partial<SeenTarget> = {}): SeenTarget => ({
  id,
  trouble: undefined,
  isUnsigned: false,
  isBroken: false,
  waiting: 0,
  ...more,
});

describe('what the doctor says of notifications', () => {
  it('is in order where there are none, and where all is well', () => {
    expect(judgeNotifications([])).toMatchObject({ level: 'ok' });
    expect(judgeNotifications([seen('a'), seen('b', { isUnsigned: true })])).toMatchObject({
      level: 'ok',
      message: 'targets of events: a, b; not signed (no secret_env): b',
      facts: { targets: ['a', 'b'], waiting: 0 },
    });
  });

  it('is a warning where something is missing, with the command that shows it', () => {
    const finding = judgeNotifications([seen('a', { trouble: 'not set in the environment: X', waiting: 1 })]);
    expect(finding).toMatchObject({ level: 'warning', hint: 'ralph-orchestrate notify test', facts: { waiting: 1 } });
    expect(finding.message).toBe('targets of events: a; a: not set in the environment: X; not sent yet: 1 event for a');
  });

  it('is a warning where events wait, with the command that sends them', () => {
    const finding = judgeNotifications([seen('a', { waiting: 2 }), seen('b', { waiting: 1000 }), seen('c')]);
    expect(finding).toMatchObject({
      level: 'warning',
      hint: 'ralph-orchestrate notify send',
      facts: { waiting: 1002 },
    });
    expect(finding.message).toContain('not sent yet: 2 events for a, 1000 events or more for b');
  });

  it('is a warning where nobody knows what a target was told', () => {
    const finding = judgeNotifications([seen('a', { isBroken: true }), seen('b')]);
    expect(finding).toMatchObject({ level: 'warning', hint: expect.stringContaining('begins anew') });
    expect(finding.message).toBe(
      'targets of events: a, b; a: what it was told up to now cannot be read (.ralph/cache/notify/a.json)',
    );
  });
});
