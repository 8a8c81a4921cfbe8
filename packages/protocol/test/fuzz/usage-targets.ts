import fc from 'fast-check';
import { target, type AnyTarget } from '../../src/testing/fuzz/fuzz-target.ts';
import { hostileJson, hostileLines, hostileText } from '../../src/testing/fuzz/hostile-inputs.ts';
import { UsageTally } from '../../src/usage/usage-tally.ts';
import { CODEX_TEXT, USAGE_LINES } from './texts.ts';

/** What agents say that they have used: in lines of JSON, over several lines, and in the words of Codex. 600 runs. */
export function usageTargets(): AnyTarget[] {
  return [
    target({
      name: 'what agents have used',
      runs: 600,
      inputs: fc.oneof(hostileLines(USAGE_LINES), hostileJson(USAGE_LINES, 2), hostileText(CODEX_TEXT)),
      take: (bytes) => {
        const tally = new UsageTally();
        const middle = bytes.length >> 1;
        tally.push(bytes.subarray(0, middle));
        tally.push(bytes.subarray(middle));
        const usage = tally.end();
        const figures = Object.values(usage ?? {}).filter((value) => typeof value === 'number');
        if (figures.some((figure) => !(figure >= 0 && figure <= Number.MAX_SAFE_INTEGER))) throw new Error('no figure');
        return usage;
      },
    }),
  ];
}
