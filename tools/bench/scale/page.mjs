// docs/scale.md and its pictures, as they follow from the figures that are kept beside it.
import { picture } from './picture.mjs';
import { POLICY_NAMES } from './simulation/simulate.mjs';
import {
  boundsTable,
  checkTable,
  costsTable,
  overtakingTable,
  placesTable,
  policiesTable,
  runsTable,
  trainsTable,
} from './tables.mjs';

/** Where all of it is, counted from the top of the repository. */
export const PAGE = 'docs/scale.md';
export const FIGURES = 'docs/scale/figures.json';

const BLOCK = /(<!-- scale:([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g;
const SHOWN = [0, 0.05];

/**
 * Returns the page and its pictures, text by path.
 *
 * @param {{ measured: object, simulated: object[] }} figures
 * @param {string} page as it is: what stands between the marks is replaced, all else is kept
 * @throws Error when a block has no place in the page, or the page asks for one that is none
 */
export function scaleOf({ measured, simulated }, page) {
  const files = new Map();
  const pictures = SHOWN.map((red) => {
    const path = `docs/scale/red-${red * 100}.svg`;
    const title = `${red * 100} % red`;
    const seen = simulated.filter(({ of, cell }) => of === 'policies' && cell.red === red);
    files.set(path, picture(title, POLICY_NAMES, seen));
    return `![${title}](${path.replace('docs/', '')})\n`;
  });
  const blocks = {
    machine: () => machineText(measured),
    runs: () => runsTable(measured),
    bounds: () => boundsTable(measured),
    costs: () => costsTable(measured),
    check: () => checkTable(measured),
    pictures: () => pictures.join('\n'),
    policies: () => policiesTable(simulated),
    places: () => placesTable(simulated),
    overtaking: () => overtakingTable(simulated),
    trains: () => trainsTable(simulated),
  };
  const open = new Set(Object.keys(blocks));
  const text = page.replace(BLOCK, (_, begin, name, end) => {
    if (!open.delete(name)) throw new Error(`${PAGE}: there is nothing for another block ${name}`);
    return `${begin}\n${blocks[name]()}\n${end}`;
  });
  if (open.size > 0) throw new Error(`${PAGE} has no place for: ${[...open].join(', ')}`);
  return files.set(PAGE, text);
}

function machineText({ day, commit, machine, load }) {
  const { processor, memory, system, node, git } = machine;
  const busy = `at a load of ${load} by others and by this`;
  return `Measured ${day} at ${commit}, ${busy}: ${processor}, ${memory}, ${system}, Node ${node}, git ${git}.\n`;
}
