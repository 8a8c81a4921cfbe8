// The tables of the page, from the figures that are kept.
import { figure } from '../book/words.mjs';
import { AGENT, GATES, LOADS, REDS_BEFORE, TRAINS } from './simulation/cells.mjs';
import { POLICY_NAMES } from './simulation/simulate.mjs';

const HOUR = 3600;
/** Places for gates that ralph-integrate has by itself, and how many share a run at most. */
const [PLACES, SHARED] = [2, 16];

/** Returns what whole runs took, by the number of workers. */
export function runsTable({ bounds: { runs } }) {
  const heading = [
    'workers',
    'tasks an hour',
    'our CPU a task',
    'CPU of git, shells, agents a task',
    'our memory',
    'our processes',
  ];
  return table(
    heading,
    runs.map(({ workers, perHour, ourCpu, otherCpu, megabytes, processes }) => [
      String(workers),
      figure(perHour),
      `${figure(ourCpu)} ms`,
      otherCpu === null ? 'not measured' : `${figure(otherCpu)} ms`,
      `${figure(megabytes)} MB`,
      String(processes),
    ]),
  );
}

/** Returns each bound of one machine, the lowest first. */
export function boundsTable({ bounds: { runs, idle, workspace, machine }, costs }) {
  const most = Math.max(...runs.map(({ perHour }) => perHour));
  const agents = (count, name, why) => ({ name, why, agents: count, perHour: (count * HOUR) / AGENT });
  const hourly = (perHour, name, why) => ({ name, why, agents: (perHour * AGENT) / HOUR, perHour });
  const gates = GATES.flatMap((gate) => {
    const runsAnHour = (PLACES * HOUR) / gate;
    const what = `gate of ${gate / 60} min, ${PLACES} places`;
    return [
      hourly(runsAnHour, `${what}, a run for each`, `${figure(runsAnHour)} runs an hour`),
      hourly(runsAnHour * SHARED, `${what}, shared by ${SHARED}`, 'none red'),
    ];
  });
  const free = machine.megabytes - Math.max(...runs.map(({ megabytes }) => megabytes));
  const bounds = [
    ...gates,
    hourly(most, 'our programs and git, all of the processor', 'the most of the table above'),
    hourly(
      HOUR / costs.landing,
      'one landing after the other',
      `${figure(costs.landing * 1000)} ms from one to the next`,
    ),
    hourly(HOUR / costs.removal, 'workspaces removed one after the other', `${figure(costs.removal * 1000)} ms each`),
    agents(free / idle.megabytes, 'memory, ours alone', `${figure(idle.megabytes)} MB for each agent`),
    agents(free / 1000, 'memory, an agent of 1 GB', 'what your agent takes is yours to put in'),
    agents(
      machine.diskMegabytes / workspace.megabytes,
      'disk',
      `${figure(workspace.megabytes)} MB a workspace of ${figure(workspace.files)} files, ${figure(workspace.ownMegabytes)} MB of it not the files`,
    ),
    ...(machine.inodes > 0
      ? [
          agents(
            machine.inodes / workspace.inodes,
            'inodes',
            `${figure(workspace.inodes)} a workspace, ${workspace.ownInodes} of them not the files`,
          ),
        ]
      : []),
    agents(machine.processes / idle.processes, 'processes', `${figure(idle.processes)} for an agent of one`),
  ].toSorted((a, b) => a.agents - b.agents);
  return table(
    ['bound', 'from', 'tasks an hour', `agents of ${AGENT / 60} min`],
    bounds.map(({ name, why, perHour, agents: count }) => [name, why, figure(perHour), figure(Math.floor(count))]),
  );
}

/** Returns the costs that the simulation is given. */
export function costsTable({ costs }) {
  const rows = [
    ['rebase and prepare a candidate', costs.build],
    ['what a gate takes besides its own time', costs.gate],
    ['push, and ask the remote', costs.push],
    ['look where the target is', costs.look],
    ['start of the program', costs.start],
    ['the plain commands of the peers, for one candidate', costs.peer],
  ];
  return table(
    ['what', 'ms'],
    rows.map(([what, seconds]) => [what, figure(seconds * 1000)]),
  );
}

/** Returns the same cells, measured and simulated. */
export function checkTable({ check }) {
  const both = ({ measured, simulated }, unit) => [`${figure(measured)}${unit}`, `${figure(simulated)}${unit}`];
  return table(
    ['eight together, gate of 1 s', 'red', 'wall measured', 'simulated', 'CI runs a landed task measured', 'simulated'],
    check.map(({ policy, places, red, wall, perLanded }) => [
      `${POLICY_NAMES[policy]}, ${places} ${places === 1 ? 'place' : 'places'}`,
      red === 0 ? 'none' : '1',
      ...both(wall, ' s'),
      ...both(perLanded, ''),
    ]),
  );
}

/** Returns what lands an hour, and the CI runs for each that has landed. */
export function policiesTable(simulated) {
  const seen = simulated.filter((one) => one.of === 'policies');
  const policies = Object.keys(POLICY_NAMES);
  const rows = LOADS.flatMap(({ name, agents, places }) =>
    GATES.flatMap((gate) => {
      const here = seen.filter(({ cell }) => cell.name === name && cell.gate === gate);
      return [...new Set(here.map(({ cell }) => cell.red))].map((red) => {
        const of = (policy) => here.find(({ cell }) => cell.policy === policy && cell.red === red).outcome;
        const { offered, median, p95, conflicts } = of('auto');
        return [
          `${name}: ${agents} agents, ${places} places`,
          `${gate / 60} min`,
          percent(red),
          figure(offered),
          ...policies.map((policy) => landedText(of(policy))),
          `${timeText(median)} / ${timeText(p95)}`,
          conflicts === null ? '-' : percent(conflicts),
        ];
      });
    }),
  );
  const names = Object.values(POLICY_NAMES);
  return table(
    ['load', 'gate', 'red', 'could land', ...names, 'ours waits: half / 95 %', 'mended conflicts of ours'],
    rows,
  );
}

/** Returns how many places ours needs for a thousand tasks an hour. */
export function placesTable(simulated) {
  const seen = simulated.filter((one) => one.of === 'places');
  const rows = GATES.map((gate) => [
    `${gate / 60} min`,
    ...REDS_BEFORE.map((red) => {
      const { cell, outcome } = seen.find((one) => one.cell.gate === gate && one.cell.red === red);
      if (!outcome.keepsUp) return `${cell.places} are not enough: ${figure(outcome.landed)} land`;
      return `${cell.places} (${figure(outcome.perLanded)} runs each, half in ${timeText(outcome.median)})`;
    }),
  ]);
  return table(['gate', ...REDS_BEFORE.map((red) => `${percent(red)} red`)], rows);
}

/** Returns what several trains side by side come to. */
export function trainsTable(simulated) {
  const seen = simulated.filter((one) => one.of === 'trains');
  const reds = [...new Set(seen.map(({ cell }) => cell.red))];
  const rows = TRAINS.map((trains) => {
    const at = (red) => seen.find((one) => one.trains === trains && one.cell.red === red);
    const { agents, places } = at(reds[0]).cell;
    return [String(trains), `${agents} agents, ${places} places`, ...reds.map((red) => landedText(at(red).outcome))];
  });
  return table(['trains', 'each with', ...reds.map((red) => `${percent(red)} red: land`)], rows);
}

/** Returns what it would cost if a candidate went in front of all after eight, however long the line is. */
export function overtakingTable(simulated) {
  const seen = simulated.filter((one) => one.of === 'overtaking');
  const reds = [...new Set(seen.map(({ cell }) => cell.red))];
  const row = (name, hasty) => [
    name,
    ...reds.map((red) => {
      const { outcome } = seen.find(({ isHasty, cell }) => isHasty === hasty && cell.red === red);
      return `${landedText(outcome)}, half in ${timeText(outcome.median)}`;
    }),
  ];
  return table(
    ['who comes back', ...reds.map((red) => `${percent(red)} red: land`)],
    [
      row('in front of all after eight, however long the line is', true),
      row('as the program: after eight, and two for each in the line', false),
    ],
  );
}

function landedText({ landed, perLanded, keepsUp }) {
  const text = `${figure(landed)}${perLanded === null ? '' : ` (${figure(perLanded)})`}`;
  return keepsUp ? `**${text}**` : text;
}

function timeText(seconds) {
  if (seconds === null) return '-';
  return seconds < 120
    ? `${Math.round(seconds)} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

function table(heading, rows) {
  const row = (values) => `| ${values.join(' | ')} |\n`;
  return [row(heading), row(heading.map(() => '---')), ...rows.map(row)].join('');
}
