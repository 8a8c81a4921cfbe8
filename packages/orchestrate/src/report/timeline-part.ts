import { timeText, wholeNumber } from '../record/figures.ts';
import type { RunStory, TaskStory } from '../record/run-story.ts';
import { WORK_PARTS } from '../record/task-phases.ts';
import { agentsCurve } from './agents-curve.ts';
import { lanesOf, type Lanes } from './lanes.ts';
import { markup, type Html } from './markup.ts';
import { PART_NAMES } from './part-names.ts';
import { markOf } from './result-mark.ts';
import { percent, stretchBars, type Scale } from './stretch-bars.ts';
import { ticksOf } from './time-axis.ts';

/** The picture is as high as the page may be where it has no more lanes. */
const MOST_UNCUT = 80;

/** Returns the heights of a lane and of a bar in it: the more there are, the closer they stand. */
function laneSizes({ count }: Lanes): { lane: number; bar: number; name: string } {
  if (count <= 60) return { lane: 24, bar: 14, name: 'wide' };
  return { lane: 17, bar: 11, name: 'close' };
}

/** Returns the picture of a run: a lane for each task, in the order in which they were taken up. */
export function timelinePart(run: RunStory): Html {
  const { tasks, begin, end } = run;
  if (tasks.length === 0) return markup``;
  const scale = { begin, length: Math.max(1, end - begin) };
  const lanes = lanesOf(tasks, scale.length);
  const { lane, bar, name } = laneSizes(lanes);
  const words = `Timeline of ${tasks.length} task${tasks.length === 1 ? '' : 's'} over ${timeText(scale.length)}. The table below has the same figures.`;
  return markup`<section aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    ${legend(run)}
    <div class="scroll${lanes.count > MOST_UNCUT && ' tall'}">
      <div class="lanes ${name}">
        <div class="corner">agents, resolvers</div>
        <div class="axis">${agentsCurve(tasks, scale)}${axis(scale)}</div>
        ${lanes.isPacked ? packedNote(tasks, lanes) : names(tasks)}
        <svg class="chart" role="img" aria-label="${words}" width="100%" height="${lanes.count * lane}">
          ${stripes(lanes, lane)}${grid(scale)}${pauses(run, scale)}${tasks.map((task, n) => stretchBars(task, n + 1, { scale, lane, bar, top: (lanes.of[n] ?? 0) * lane }))}
        </svg>
      </div>
    </div>
  </section> `;
}

function names(tasks: readonly TaskStory[]): Html {
  return markup`<ol class="names">
    ${tasks.map(({ id, result }, n) => markup`<li>${markOf(result)}<a href="#t${n + 1}"><bdi>${id}</bdi></a></li>`)}
  </ol>`;
}

function packedNote({ length }: readonly TaskStory[], { count }: Lanes): Html {
  return markup`<p class="packed">${wholeNumber(length)} tasks in ${count} lanes; a click on one leads to its row</p>`;
}

function legend({ pauses: told }: RunStory): Html {
  return markup`<ul class="legend">
    ${WORK_PARTS.map((part) => markup`<li><i class="key ${part}"></i>${PART_NAMES[part]}</li>`)}
    <li><i class="key bad"></i>ended badly</li>
    <li><i class="key wait"></i>waiting</li>
    ${told.length > 0 && markup`<li><i class="key pause"></i>no agent is started: rate limit</li>`}
  </ul> `;
}

function axis(scale: Scale): Html {
  const marks = ticksOf(scale.length).map(({ at, text }, n) => {
    const x = percent(at, scale);
    const anchor = n === 0 ? 'start' : x > 96 ? 'end' : 'middle';
    return markup`<text class="${n % 2 === 1 ? 'odd' : 'even'}" x="${x}%" y="13" text-anchor="${anchor}">${text}</text>`;
  });
  return markup`<svg class="ticks" aria-hidden="true" width="100%" height="18">${marks}</svg>`;
}

function stripes({ count }: Lanes, lane: number): Html[] {
  return Array.from({ length: Math.ceil(count / 2) }, (_, n) => {
    return markup`<rect class="stripe" x="0" y="${2 * n * lane}" width="100%" height="${lane}" />`;
  });
}

function grid(scale: Scale): Html[] {
  return ticksOf(scale.length).map(({ at }) => {
    const x = percent(at, scale);
    return markup`<line class="grid" x1="${x}%" x2="${x}%" y1="0" y2="100%" />`;
  });
}

function pauses({ pauses: told, end }: RunStory, scale: Scale): Html[] {
  return told.map(({ from, to, reason }) => {
    const [x, width] = [percent(from - scale.begin, scale), percent(Math.min(to, end) - from, scale)];
    const words = `no agent is started for ${timeText(to - from)}: ${reason}`;
    return markup`<rect class="pause" x="${x}%" y="0" width="${width}%" height="100%"><title>${words}</title></rect>`;
  });
}
