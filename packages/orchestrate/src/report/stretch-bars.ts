import { timeText } from '../record/figures.ts';
import type { TaskStory } from '../record/run-story.ts';
import { isWait } from '../record/spent-time.ts';
import type { Stretch } from '../record/task-phases.ts';
import { markup, type Html } from './markup.ts';
import { PART_NAMES } from './part-names.ts';

/** What the width of the picture stands for. */
export interface Scale {
  /** In ms since 1970. */
  readonly begin: number;
  /** In ms. */
  readonly length: number;
}

export interface LanePlace {
  readonly scale: Scale;
  /** Heights, and where the lane begins, in pixels. */
  readonly lane: number;
  readonly bar: number;
  readonly top: number;
}

/** Waiting that nobody could see is not drawn. */
const LEAST_WAIT_PER_CENT = 0.05;

/** Returns the bars of one task, which lead to its row in the table; what it waited for are thin ones. */
export function stretchBars({ id, stretches }: TaskStory, number: number, place: LanePlace): Html {
  return markup`<a href="#t${number}">${stretches.map((stretch) => barOf(id, stretch, place))}</a>`;
}

function barOf(id: string, stretch: Stretch, { scale, lane, bar, top }: LanePlace): Html {
  const { part, from, to, bad } = stretch;
  const waits = isWait(part);
  const width = percent(to - from, scale);
  if (waits && width < LEAST_WAIT_PER_CENT) return markup``;
  const height = waits ? Math.max(2, Math.round(bar / 5)) : bar;
  const [x, y] = [percent(from - scale.begin, scale), top + (lane - height) / 2];
  const kind = waits ? 'wait' : `${part}${bad === true ? ' bad' : ''}`;
  const words = stretchWords(id, stretch, scale);
  return markup`<rect class="${kind}" x="${x}%" y="${y}" width="${width}%" height="${height}"><title>${words}</title></rect>`;
}

function stretchWords(id: string, { part, from, to, attempt, end, open }: Stretch, { begin }: Scale): string {
  const what = isWait(part) ? `waits ${PART_NAMES[part]}` : PART_NAMES[part];
  const tries = attempt > 1 ? `, attempt ${attempt}` : '';
  const ended = open === true ? ', goes on' : end === undefined ? '' : `, ${end}`;
  return `${id}: ${what} ${timeText(to - from)}${ended}${tries} (from ${timeText(from - begin)})`;
}

/** Returns a time as a part of the width, in per cent. */
export function percent(ms: number, { length }: Scale): number {
  return Math.max(0, Math.round((ms / length) * 100_000) / 1000);
}
