import { timeText } from '../record/figures.ts';
import type { RunStory } from '../record/run-story.ts';
import { isWait, spentTime } from '../record/spent-time.ts';
import { WAIT_PARTS, WORK_PARTS, type Part } from '../record/task-phases.ts';
import { markup, type Html } from './markup.ts';
import { PART_NAMES } from './part-names.ts';

/** Returns where the time of the tasks went, from the selection of each to its end: work, and what was waited for. */
export function spentPart({ tasks }: RunStory): Html {
  const spent = spentTime(tasks);
  const all = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  if (all === 0) return markup``;
  const parts: readonly Part[] = [...WORK_PARTS, ...WAIT_PARTS].filter((part) => spent.has(part));
  const share = (part: Part) => ((spent.get(part) ?? 0) / all) * 100;
  const waited = parts.filter(isWait).reduce((sum, part) => sum + (spent.get(part) ?? 0), 0);
  return markup`<section aria-labelledby="spent">
    <h2 id="spent">Where the time went</h2>
    <p>
      The tasks took ${timeText(all)} together, counted for each from its selection to its end; ${timeText(waited)} of
      it (${((waited / all) * 100).toFixed(0)} %) they waited.
    </p>
    <svg
      class="share"
      role="img"
      aria-label="Shares of the time; the table below has the figures."
      width="100%"
      height="22"
    >
      ${stack(parts, share)}
    </svg>
    <table class="spent">
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col" class="n">time</th>
          <th scope="col" class="n">share</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          (part) =>
            markup`<tr>
              <td>
                <i class="key ${isWait(part) ? 'wait' : part}"></i>${isWait(part) ? 'waiting ' : ''}${PART_NAMES[part]}
              </td>
              <td class="n">${timeText(spent.get(part) ?? 0)}</td>
              <td class="n">${share(part).toFixed(1)} %</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section> `;
}

function stack(parts: readonly Part[], share: (part: Part) => number): Html[] {
  let x = 0;
  return parts.map((part) => {
    const width = share(part);
    const from = x;
    x += width;
    const words = `${isWait(part) ? 'waiting ' : ''}${PART_NAMES[part]}: ${width.toFixed(1)} %`;
    return markup`<rect
      class="${isWait(part) ? 'wait' : part}"
      x="${from.toFixed(3)}%"
      y="0"
      width="${width.toFixed(3)}%"
      height="22"
      ><title>${words}</title></rect
    > `;
  });
}
