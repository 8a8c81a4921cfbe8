import { VERSION } from '@ralph/protocol/cli/version';
import { clockText, zoneText } from '../record/figures.ts';
import type { RunStory } from '../record/run-story.ts';
import { headPart } from './head-part.ts';
import { markup, Html } from './markup.ts';
import type { PageFacts } from './page-facts.ts';
import { PAGE_STYLE } from './page-style.ts';
import { spentPart } from './spent-part.ts';
import { taskTablePart } from './task-table-part.ts';
import { timelinePart } from './timeline-part.ts';
import { troublePart } from './trouble-part.ts';

/** What a page may load: nothing but its own style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Returns the page of one run: whole in itself, without scripts, and without anything from elsewhere. Words of others in
 * the story are escaped here; secrets are to be taken out before.
 */
export function reportPage(run: RunStory, facts: PageFacts): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${run.id ?? 'a run'} – ${facts.repository}</title>
        <style>
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${headPart(run, facts)}${timelinePart(run)}${troublePart(run, facts.isRunning)}${taskTablePart(run, facts.isRunning)}${spentPart(run)}
        </main>
        <footer>
          <p>
            Made by ralph-orchestrate ${VERSION} at ${clockText(facts.now)} (UTC${zoneText(facts.now)}) from the events
            of the run.
          </p>
        </footer>
      </body>
    </html> `.text;
}
