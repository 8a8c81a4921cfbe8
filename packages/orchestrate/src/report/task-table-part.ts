import type { Receipt } from '@ralph/protocol/contract/receipt';
import { TOKEN_FIELDS } from '@ralph/protocol/contract/usage';
import { costOfText, timeText, tokensText, wholeNumber } from '../record/figures.ts';
import { sumOf, type RunStory, type TaskStory } from '../record/run-story.ts';
import { waitingMs } from '../record/spent-time.ts';
import { markup, type Html } from './markup.ts';
import { markOf, resultWord } from './result-mark.ts';
import { hasTrouble } from './trouble-part.ts';

/** Returns the table of tasks with what each has cost; its last row is the sum, held against what the run has told. */
export function taskTablePart(run: RunStory, isRunning: boolean): Html {
  const { tasks } = run;
  if (tasks.length === 0)
    return markup`<section>
      <h2>Tasks</h2>
      <p>The run has taken up no task.</p>
    </section> `;
  const sum = sumOf(tasks);
  const waited = tasks.reduce((ms, task) => ms + waitingMs(task), 0);
  return markup`<section aria-labelledby="tasks">
    <h2 id="tasks">Tasks</h2>
    <div class="wide-table">
      <table class="tasks">
        <thead>
          <tr>
            ${HEADINGS.map(([name, isNumber]) => markup`<th scope="col" ${isNumber && markup` class="n"`}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${tasks.map((task, n) => row(task, n + 1, isRunning))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" data-name="together">${tasks.length} task${tasks.length === 1 ? '' : 's'}</th>
            <td></td>
            ${figures(sum, waited, [])}
            <td></td>
            <td></td>
          </tr>
        </tfoot>
      </table>
    </div>
    <p class="note">${sumWords(run, sum)} ${reportedWords(sum)}</p>
  </section> `;
}

const HEADINGS: readonly (readonly [string, boolean])[] = [
  ['task', false],
  ['result', false],
  ['attempts', true],
  ['by', false],
  ['time', true],
  ['agent', true],
  ['waiting', true],
  ['gates', true],
  ['tokens', true],
  ['cost', true],
  ['commit', false],
  ['title', false],
];

function row(task: TaskStory, number: number, isRunning: boolean): Html {
  const { id, result, commit, title, receipt } = task;
  const word = resultWord(result, isRunning);
  const name = hasTrouble(task, isRunning) ? markup`<a href="#f${number}">${word}</a>` : markup`${word}`;
  return markup`<tr id="t${number}">
    <th scope="row" data-name="task"><bdi>${id}</bdi></th>
    <td data-name="result" class="result">${markOf(result)}${name}</td>
    ${figures(receipt, waitingMs(task), task.agents)}
    <td data-name="commit"><code>${commit?.slice(0, 10) ?? '–'}</code></td>
    <td data-name="title" class="title"><bdi>${title}</bdi></td>
  </tr> `;
}

function figures(receipt: Receipt, waited: number, agents: readonly string[]): Html {
  const {
    attempts,
    tools,
    edits,
    total_ms: total,
    agent_ms: agent,
    remedy_ms: remedy,
    gates,
    known_gates: known,
  } = receipt;
  const tokens = TOKEN_FIELDS.flatMap((field) => {
    const number = receipt.usage?.[field];
    return number === undefined ? [] : [`${field.replace('_tokens', '').replace('_', ' ')} ${wholeNumber(number)}`];
  });
  return markup`<td data-name="attempts" class="n">${attempts}</td>
    <td data-name="by">${doneBy(agents, { tools, edits })}</td>
    <td data-name="time" class="n">${timeText(total)}</td>
    <td data-name="agent" class="n" ${remedy > 0 && markup` title="${timeText(remedy)} of it a resolver"`}>
      ${timeText(agent + remedy)}
    </td>
    <td data-name="waiting" class="n">${timeText(waited)}</td>
    <td data-name="gates" class="n" ${known > 0 && markup` title="and ${known} known to pass"`}>
      ${gates}${known > 0 && ` +${known}`}
    </td>
    <td data-name="tokens" class="n" ${tokens.length > 0 && markup` title="${tokens.join(', ')}"`}>
      ${tokensText(receipt)}
    </td>
    <td data-name="cost" class="n">${costOfText(receipt)}</td>`;
}

/** Who did it, and what was said to be done. */
function doneBy(agents: readonly string[], { tools, edits }: Pick<Receipt, 'tools' | 'edits'>): string {
  const did = [counted(edits, 'edit'), counted(tools, 'tool')].filter((words) => words !== '');
  return [...agents, ...did].join(', ') || '–';
}

function counted(number: number | undefined, what: string): string {
  return number === undefined ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}

function sumWords({ finished }: RunStory, sum: Receipt): string {
  if (finished?.totals === undefined)
    return 'The last row is the sum of the receipts above it, as far as the run has told.';
  if (sameReceipt(finished.totals, sum)) return 'The receipts add up to the totals that the run has told at its end.';
  return `The receipts do not add up to the totals that the run has told at its end (${timeText(finished.totals.total_ms)}, ${finished.totals.attempts} attempts, ${finished.totals.gates} gates): events of it are missing.`;
}

function reportedWords({ unreported }: Receipt): string {
  if (unreported === 0) return 'Tokens and cost are what the agents themselves have told.';
  return `Tokens and cost are what the agents themselves have told; ${unreported} of ${unreported === 1 ? 'them has' : 'them have'} told nothing (“+” stands where the true figure is larger).`;
}

/** Compares all figures; a model may be named in one alone. */
export function sameReceipt(one: Receipt, other: Receipt): boolean {
  const figuresOf = ({ usage, ...rest }: Receipt) => {
    const told = Object.entries({ ...rest, ...usage }).filter(([name]) => name !== 'model');
    return JSON.stringify(told.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return figuresOf(one) === figuresOf(other);
}
