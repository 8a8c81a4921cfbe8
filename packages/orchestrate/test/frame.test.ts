import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText, cut, displayWidth, padded } from '../src/view/cell-text.ts';
import { frame } from '../src/view/frame.ts';
import { agentsAtWork, BEGUN, eventOf, modelOf, READY, STARTED } from './support/sample-run.ts';

const now = BEGUN + 65_000;

describe('frame', () => {
  it('shows a line for each task at work, with headings, and one for the whole run', () => {
    const model = modelOf(
      [
        eventOf('agent.finished', { task_id: 'RQ-0001', ...READY, usage: { cost_usd: 0.5, input_tokens: 1500 } }, 30),
        eventOf('rebase.done', { task_id: 'RQ-0001' }, 31),
        eventOf('ci.started', { task_id: 'RQ-0001', gate: 'lint' }, 31),
        eventOf('task.failed', { task_id: 'RQ-0002', code: 'agent_failed' }, 40),
      ],
      agentsAtWork(3),
    );
    expect(frame(model, { columns: 120, rows: 30, now, waiting: 7 })).toEqual([
      'TASK     PHASE        TIME  TRAIN  CI       TITLE    LAST LINE',
      'RQ-0001  gate "lint"  1:05  1      running  a title  a line',
      'RQ-0003  agent        1:05                  a title  a line',
      '0 landed, 1 failed, 0 blocked, 7 waiting | 1:05 | $0.50, 1.5k tokens',
    ]);
  });

  it('drops the columns that do not fit, the least important first, and the title shows where there is no line', () => {
    const heads = [120, 80, 50, 30, 12, 2].map((columns) => frame(agentsAtWork(2), { columns, rows: 30, now })[0]);
    expect(heads).toEqual([
      'TASK     PHASE  TIME  TRAIN  CI  TITLE    LAST LINE',
      'TASK     PHASE  TIME  TRAIN  CI  TITLE    LAST LINE',
      'TASK     PHASE  TIME  TRAIN  CI  LAST LINE',
      'TASK     PHASE  TIME  CI',
      'TASK',
      '…',
    ]);
    const quiet = frame(agentsAtWork(1, 'a title', ''), { columns: 50, rows: 30, now });
    expect(quiet[1]).toBe('RQ-0001  agent  1:05             a title');
  });

  it('gives a wide terminal’s room to titles and last lines', () => {
    const [title, line] = ['t'.repeat(60), 'l'.repeat(90)];
    const at = (columns: number) => frame(agentsAtWork(1, title, line), { columns, rows: 30, now })[1] ?? '';
    expect(at(200)).toContain(`${title}  ${line}`);
    expect(at(100)).toMatch(/ t{10,30}… {2}l{20,60}…$/);
  });

  it('says how many more there are where the terminal has fewer rows', () => {
    const heights = [24, 10, 6, 4, 3, 1].map((rows) => frame(agentsAtWork(12), { columns: 80, rows, now }));
    expect(heights.map((lines) => lines.length)).toEqual([14, 8, 4, 2, 1, 1]);
    expect(heights[1]?.at(-2)).toBe('… 7 more');
    expect(heights[3]).toEqual(['… 12 more', '0 landed, 0 failed, 0 blocked | 1:05']);
  });

  it('tells until when a pause lasts and why nothing more is started, as far as there is room', () => {
    const model = modelOf([
      STARTED,
      eventOf('run.paused', { retry_after: 120 }, 10),
      eventOf('run.stopping', { reason: 'it was asked to stop' }, 20),
    ]);
    const until = new Date(BEGUN + 130_000).toTimeString().slice(0, 8);
    const foot = (columns: number, at = now) => frame(model, { columns, rows: 30, now: at })[0];
    expect(foot(120)).toBe(
      `0 landed, 0 failed, 0 blocked | 1:05 | paused until ${until} | nothing new is started: it was asked to stop`,
    );
    expect(foot(60)).toBe(`0 landed, 0 failed, 0 blocked | paused until ${until}`);
    expect(foot(60, BEGUN + 131_000)).toBe('0 landed, 0 failed, 0 blocked | 2:11');
    expect(foot(20)).toBe('0 landed 0 failed…');
  });

  it('never has a line as wide as the terminal, more lines than it has rows, or a control character', () => {
    const words = fc.string({
      unit: fc.oneof(
        fc.constantFrom('漢', '👩‍👩‍👧', 'é̂̂̂', '\u001b[2J', '\u202e', '\r', '\u0085', '\u200b', '🇩🇪', '\ufeff', '\ud800'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.nat({ max: 20 }),
        words,
        words,
        fc.integer({ min: 3, max: 220 }),
        fc.integer({ min: 1, max: 40 }),
        (count, title, line, columns, rows) => {
          const lines = frame(agentsAtWork(count, title, line), { columns, rows, now, waiting: 3 });
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 2));
          for (const shown of lines) {
            expect(displayWidth(shown)).toBeLessThan(columns);
            expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          }
        },
      ),
    );
  });
});

describe('the cells of the table', () => {
  it('count wide characters twice and marks not at all', () => {
    expect(['漢字', 'é', '👩', 'ab', '🇩🇪'].map(displayWidth)).toEqual([4, 1, 2, 2, 4]);
  });

  it('hold nothing of what would move, turn or tear', () => {
    expect(cellText(' a\u001b[2Jb\u009bc\u202ed\u200be\nf\tg\u2028h ')).toBe('a [2Jb cde f g h');
    expect(cellText(`x${'\u0301'.repeat(50)}y`)).toBe('x\u0301\u0301y');
    expect(cellText('👩‍👧 \ufe0f\u0301a')).toBe('👩👧 \u0301a');
    expect(cellText('x'.repeat(5000))).toHaveLength(400);
  });

  it('are cut between characters, never within one', () => {
    expect(cut('漢字漢字', 5)).toBe('漢字…');
    expect(cut('漢字漢字', 4)).toBe('漢…');
    expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
    expect([cut('abc', 1), cut('abc', 0), padded('漢', 4)]).toEqual(['…', '', '漢  ']);
  });
});
