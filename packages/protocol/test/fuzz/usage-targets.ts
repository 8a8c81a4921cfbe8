import fc from 'fast-check';
import { target, type AnyTarget } from '../../src/testing/fuzz/fuzz-target.ts';
import { hostileJson, hostileLines, hostileText } from '../../src/testing/fuzz/hostile-inputs.ts';
import { Doings } from '../../src/agents/doings.ts';
import { UsageTally } from '../../src/usage/usage-tally.ts';
import { LIMITED, REFUSED } from '../agents/recorded-trouble.ts';
import { RECORDED } from '../agents/recorded.ts';
import { CODEX_TEXT, USAGE_LINES } from './texts.ts';

const SAID: readonly unknown[] = [RECORDED, LIMITED, REFUSED]
  .flatMap((lines) => Object.values<readonly string[]>(lines).flat())
  .map((line) => JSON.parse(line) as unknown);

/** What agents say that they do and have used: in lines of JSON, over several lines, and in the words of Codex. 600 runs. */
export function usageTargets(): AnyTarget[] {
  return [
    target({
      name: 'what agents do and have used',
      runs: 600,
      inputs: fc.oneof(hostileLines([...USAGE_LINES, ...SAID]), hostileJson(USAGE_LINES, 2), hostileText(CODEX_TEXT)),
      take: (bytes) => {
        const doings = new Doings();
        const tally = new UsageTally((value) => doings.take(value));
        const middle = bytes.length >> 1;
        tally.push(bytes.subarray(0, middle));
        tally.push(bytes.subarray(middle));
        const usage = tally.end();
        const figures = Object.values(usage ?? {}).filter((value) => typeof value === 'number');
        if (figures.some((figure) => !(figure >= 0 && figure <= Number.MAX_SAFE_INTEGER))) throw new Error('no figure');
        if (doings.lastTexts.length > 5 || doings.text.length > 2 ** 16) throw new Error('kept without a limit');
        return usage;
      },
    }),
  ];
}
