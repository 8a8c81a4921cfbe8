import type { Receipt } from '@ralph/protocol/contract/receipt';
import { clockText, costOfText, timeText, tokensText, zoneText } from '../record/figures.ts';
import { countsOf, sumOf, type RunStory } from '../record/run-story.ts';
import { stateOf } from '../record/run-state.ts';
import type { ReceiptResult } from '../record/task-receipt.ts';
import { markup, type Html } from './markup.ts';
import type { PageFacts } from './page-facts.ts';
import { markOf, resultWord } from './result-mark.ts';
import { outcomeWords, stopWords } from './outcome-words.ts';

/** Returns the headline: how the run ended, its counts, how long it took and what it has cost. */
export function headPart(run: RunStory, facts: PageFacts): Html {
  const { id, begin, end, workers, targetBranch, loop, isWhole } = run;
  const outcome = stateOf(run, facts.isRunning);
  const where = [
    ...(targetBranch === undefined ? [] : [markup`landing on <code><bdi>${targetBranch}</bdi></code>`]),
    ...(workers === undefined ? [] : [markup`at most ${workers} agent${workers === 1 ? '' : 's'} side by side`]),
    ...(loop === undefined ? [] : [markup`second loop <code>${loop}</code>`]),
  ];
  return markup`<header>
      <p class="kicker"><bdi>${facts.repository}</bdi></p>
      <h1>
        <span class="outcome ${outcome}">${outcome.replace('_', ' ')}</span> <span class="id">${id ?? 'a run'}</span>
      </h1>
      <p class="lead">${outcomeWords(outcome)}${stopWords(run.stopReason)}</p>
      <p class="facts">
        ${clockText(begin)} to ${outcome === 'running' ? 'now' : clockText(end)}
        (UTC${zoneText(begin)})${where.map((word) => markup` · ${word}`)}
      </p>
      ${!isWhole && markup`<p class="warning">The beginning of this run is no longer in the log of events: what is told here is of its rest.</p> `}${facts.broken > 0 && markup`<p class="warning">${facts.broken} line${facts.broken === 1 ? '' : 's'} of the log could not be read; figures may be missing.</p> `}
    </header>
    ${tiles(run, facts)}`;
}

function tiles(run: RunStory, { isRunning }: PageFacts): Html {
  const { tasks, finished, begin, end } = run;
  const counts = countsOf(tasks);
  const cost = finished?.totals ?? sumOf(tasks);
  const results: readonly ReceiptResult[] = ['landed', 'published', 'failed', 'blocked', 'unfinished'];
  const shown = results.filter((result) => counts[result] > 0 || (result !== 'published' && result !== 'unfinished'));
  const waiting = finished?.counts.waiting ?? 0;
  const agentMs = cost.agent_ms + cost.remedy_ms;
  const length = finished?.duration_ms ?? end - begin;
  return markup`<ul class="tiles">
    ${shown.map((result) => markup`<li class="${result}"><b>${counts[result]}</b><span>${markOf(result)}${resultWord(result, isRunning)}</span></li> `)}${waiting > 0 && markup`<li><b>${waiting}</b><span>left waiting</span></li> `}
    <li><b>${timeText(length)}</b><span>duration</span></li>
    <li><b>${timeText(agentMs)}</b><span>of agents, ${(agentMs / Math.max(1, length)).toFixed(1)} at a time</span></li>
    <li><b>${cost.gates}</b><span>gate run${cost.gates === 1 ? '' : 's'}, ${timeText(cost.gate_ms)}</span></li>
    ${usageTiles(cost)}
  </ul> `;
}

function usageTiles(cost: Receipt): Html {
  if (cost.usage === undefined) return markup`<li><b>–</b><span>tokens and cost: not told</span></li>`;
  return markup`<li><b>${tokensText(cost)}</b><span>tokens</span></li>
    <li><b>${costOfText(cost)}</b><span>cost</span></li>`;
}
