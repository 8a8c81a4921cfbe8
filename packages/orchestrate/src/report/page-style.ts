/** The style of the page: system fonts, colours that people who see few of them can tell apart, light and dark, print. */
export const PAGE_STYLE = `
:root {
  --page: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --panel: #f6f8fa; --stripe: #f3f5f8;
  --agent: #2f6fb5; --setup: #79b8e0; --rebase: #8c7a66; --gate: #d99a1c; --resolver: #a1599b; --push: #1f8a5f;
  --bad: #c8402f; --wait: #b4bcc5; --pause: #f3d6d1;
  --landed: #1a7f4b; --published: #2f6fb5; --failed: #c8402f; --blocked: #a8660a; --unfinished: #6e7781;
  --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --ink: #e4e8ec; --soft: #9aa5b1; --line: #2c343d; --panel: #171d24; --stripe: #141a20;
    --agent: #5b9ae0; --setup: #3f7aa5; --rebase: #a3917c; --gate: #e0a93a; --resolver: #c27dbb; --push: #3fae7d;
    --bad: #e8695a; --wait: #56616d; --pause: #43221f;
    --landed: #4cc38a; --published: #7ab4f0; --failed: #f07f70; --blocked: #e0a93a; --unfinished: #9aa5b1;
    --link: #7ab4f0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 2rem; }
section { margin: 2.5rem 0; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: .1rem 0 .5rem; display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; }
h1 .id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
h4 { font-size: .75rem; font-weight: 600; margin: .75rem 0 .25rem; color: var(--soft); }
p { margin: .25rem 0; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .85em; }
.kicker, .facts, .note, footer { color: var(--soft); font-size: .875rem; }
.kicker { margin: 0; }
.lead { font-size: 1.05rem; }
.warning { border-left: 3px solid var(--blocked); padding-left: .75rem; margin-top: .75rem; }
.outcome { font-size: .95rem; padding: .15rem .7rem; border-radius: 99px; color: #fff; background: var(--unfinished); }
.outcome.completed, .outcome.stopped { background: #1a7f4b; }
.outcome.partial, .outcome.limit, .outcome.blocked { background: #9a5b00; }
.outcome.interrupted, .outcome.lost { background: #b33425; }
.outcome.running { background: #2262a6; }
.outcome.no_candidates { background: #57606a; }
.mark { display: inline-block; width: 1.15em; font-weight: 700; }
.mark.landed { color: var(--landed); } .mark.published { color: var(--published); } .mark.failed { color: var(--failed); }
.mark.blocked { color: var(--blocked); } .mark.unfinished { color: var(--unfinished); }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.25rem 0 0; padding: 0; }
.tiles li { flex: 1 1 7rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .8rem; min-width: 7rem; }
.tiles b { display: block; font-size: 1.2rem; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles span { color: var(--soft); font-size: .8rem; }
.tiles .mark { width: auto; margin-right: .35em; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 0 0 .6rem; padding: 0; font-size: .8rem; color: var(--soft); }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; vertical-align: -.08rem; }
.key.wait { height: .2rem; vertical-align: .2rem; }
.key.setup, .setup { background: var(--setup); fill: var(--setup); } .key.agent, .agent { background: var(--agent); fill: var(--agent); }
.key.rebase, .rebase { background: var(--rebase); fill: var(--rebase); } .key.gate, .gate { background: var(--gate); fill: var(--gate); }
.key.resolver, .resolver { background: var(--resolver); fill: var(--resolver); } .key.push, .push { background: var(--push); fill: var(--push); }
.key.wait, .wait { background: var(--wait); fill: var(--wait); } .key.pause, .pause { background: var(--pause); fill: var(--pause); }
.key.bad { background: var(--page); border: 2px solid var(--bad); }
.chart .bad { stroke: var(--bad); stroke-width: 2; }
.scroll { border: 1px solid var(--line); border-radius: 8px; overflow: auto; background: var(--page); }
.scroll.tall { max-height: 46rem; }
.lanes { display: grid; grid-template-columns: minmax(5.5rem, max-content) minmax(12rem, 1fr); min-width: 20rem; }
.corner, .axis { position: sticky; top: 0; background: var(--panel); border-bottom: 1px solid var(--line); z-index: 1; }
.corner { padding: .3rem .6rem 0 .75rem; font-size: .75rem; color: var(--soft); }
.axis { padding-right: .75rem; }
.axis svg { display: block; overflow: visible; }
.most { position: absolute; top: 0; left: 2px; font-size: .7rem; color: var(--soft); }
.curve { border-bottom: 1px solid var(--line); }
.curve polygon { fill: var(--agent); opacity: .35; }
.ticks text { font-size: 11px; fill: var(--soft); }
.names { list-style: none; margin: 0; padding: 0 .6rem 0 .75rem; font-size: .8rem; white-space: nowrap; }
.names li { height: 24px; line-height: 24px; max-width: 14rem; overflow: hidden; text-overflow: ellipsis; }
.names a { color: inherit; }
.close .names li { height: 17px; line-height: 17px; font-size: .7rem; }
.packed { margin: .5rem .6rem 0 .75rem; max-width: 7rem; font-size: .75rem; color: var(--soft); }
.chart { display: block; padding-right: .75rem; overflow: visible; }
.stripe { fill: var(--stripe); }
.grid { stroke: var(--line); stroke-width: 1; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; }
tbody th { font-weight: 600; }
tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid var(--line); font-weight: 700; }
.n { text-align: right; }
td.title { white-space: normal; min-width: 14rem; overflow-wrap: anywhere; }
.wide-table { overflow-x: auto; }
tr:target, .entry:target { background: var(--panel); outline: 2px solid var(--link); }
table.spent { max-width: 34rem; margin-top: .75rem; }
.share { border-radius: 4px; }
.trouble details { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0; }
.trouble summary { padding: .6rem 1.1rem; cursor: pointer; overflow-wrap: anywhere; }
.trouble summary .mark { margin-left: .3rem; }
.trouble .title { color: var(--soft); }
.count { color: var(--soft); font-weight: 400; }
.short { display: block; padding-left: 2.6rem; font-size: .85rem; }
.entry { padding: 0 1.1rem .9rem; }
.why { overflow-wrap: anywhere; }
pre { margin: 0; padding: .6rem .8rem; background: var(--panel); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; overflow: auto; }
pre.command { border-left: 3px solid var(--link); }
dl { margin: .75rem 0 0; font-size: .85rem; }
dl div { display: flex; gap: .75rem; }
dt { color: var(--soft); min-width: 4.5rem; }
dd { margin: 0; overflow-wrap: anywhere; }
footer { padding-bottom: 3rem; }
@media (max-width: 44rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.25rem; }
  .tiles li { flex-basis: 28%; min-width: 6rem; padding: .45rem .6rem; }
  .tiles b { font-size: 1.1rem; }
  .ticks .odd { display: none; }
  .names li { max-width: 6.5rem; }
  table.tasks, table.tasks tbody, table.tasks tfoot, table.tasks tr { display: block; }
  table.tasks thead { display: none; }
  table.tasks tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .2rem .6rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
  table.tasks th, table.tasks td { border: 0; padding: 0; text-align: left; white-space: normal; }
  table.tasks td:empty { display: none; }
  table.tasks th[data-name] { grid-column: 1 / 2; font-size: .95rem; order: -3; }
  table.tasks td.result { grid-column: 2 / 4; order: -2; }
  table.tasks td.title { grid-column: 1 / 4; min-width: 0; order: -1; }
  table.tasks td[data-name].n::before, table.tasks td[data-name="commit"]::before { content: attr(data-name); display: block; color: var(--soft); font-size: .7rem; font-weight: 400; }
}
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --line: #ccc; --panel: #f6f6f6; --stripe: #f6f6f6; --link: #000; --wait: #aaa; }
  body { font-size: 11px; }
  main, footer { max-width: none; padding: 0; }
  .scroll, .scroll.tall, pre { max-height: none; overflow: visible; }
  .wide-table { overflow: visible; }
  .corner, .axis { position: static; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, details, .tiles li { break-inside: avoid; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  h2 { break-after: avoid; }
}
`;
