import type { RunStory, TaskStory } from '../record/run-story.ts';
import { markup, type Html } from './markup.ts';
import { markOf } from './result-mark.ts';

const MOST_CHARACTERS = 4000;

/** So many stand open; of more, only the headlines do. */
const MOST_OPEN = 12;

/** Returns what did not land: why, what was printed last, and what to do next; and what awaits a review. */
export function troublePart({ tasks }: RunStory, isRunning: boolean): Html {
  const numbered = tasks.map((task, n) => ({ task, number: n + 1 }));
  const left = numbered.filter(({ task }) => hasTrouble(task, isRunning));
  const published = numbered.filter(({ task }) => task.result === 'published');
  return markup`${group('What did not land', left)}${group('What awaits a review', published)}`;
}

/** Tells whether a task has not landed, and nobody is at work on it any more. */
export function hasTrouble({ result, isOpen }: TaskStory, isRunning: boolean): boolean {
  if (result === 'unfinished') return !(isRunning && isOpen);
  return result === 'failed' || result === 'blocked';
}

interface Numbered {
  readonly task: TaskStory;
  readonly number: number;
}

function group(heading: string, tasks: readonly Numbered[]): Html {
  if (tasks.length === 0) return markup``;
  const isOpen = tasks.length <= MOST_OPEN;
  return markup`<section class="trouble">
    <h2>${heading} <span class="count">${tasks.length}</span></h2>
    ${tasks.map(({ task, number }) => entry(task, number, isOpen))}
  </section> `;
}

function entry(task: TaskStory, number: number, isOpen: boolean): Html {
  const { id, title, result, attempt, code, reason, nextCommand, landCommand, words } = task;
  const tries = attempt > 1 ? ` in attempt ${attempt}` : '';
  return markup`<details${isOpen && markup` open`}>
    <summary>${markOf(result)}<b><bdi>${id}</bdi></b> <span class="title"><bdi>${title}</bdi></span>${!isOpen && shortReason(reason)}</summary>
    <div id="f${number}" class="entry">
      <p class="why">${result}${tries}${codeWords(code)}${reasonWords(reason)}</p>
      ${lines('The gate has printed last', words.gateTail)}
      ${lines('The agent has printed last', words.lastLines.join('\n'))}
      <dl>${path('gate log', words.gateLogPath)}${path('log', words.logPath)}${path('kept as', words.salvageRef)}</dl>
      ${command('next', nextCommand)}
      ${landCommand !== nextCommand && command(result === 'published' ? 'once it is merged' : 'then', landCommand)}
      ${result === 'unfinished' && markup`<p>Its work is kept; the next run takes it up.</p>`}
    </div>
  </details> `;
}

function shortReason(reason: string | undefined): Html | undefined {
  const [first = ''] = (reason ?? '').split('\n');
  return first === '' ? undefined : markup`<span class="short"><bdi>${first.slice(0, 160)}</bdi></span>`;
}

function codeWords(code: string | undefined): Html | undefined {
  return code === undefined ? undefined : markup` (<code>${code}</code>)`;
}

function reasonWords(reason: string | undefined): Html | undefined {
  return reason === undefined ? undefined : markup`: <bdi>${reason.slice(0, MOST_CHARACTERS)}</bdi>`;
}

function lines(heading: string, text: string | undefined): Html {
  if (text === undefined || text.trim() === '') return markup``;
  return markup`<h4>${heading}</h4>
    <pre dir="auto">${text.trimEnd().slice(-MOST_CHARACTERS)}</pre> `;
}

function path(name: string, value: string | undefined): Html {
  return value === undefined
    ? markup``
    : markup`<div>
        <dt>${name}</dt>
        <dd><code>${value}</code></dd>
      </div> `;
}

function command(name: string, text: string | undefined): Html {
  if (text === undefined) return markup``;
  return markup`<h4>${name}</h4>
    <pre class="command"><code>${text}</code></pre> `;
}
