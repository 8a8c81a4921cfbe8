import type { Row } from './row.ts';

/** Returns in words what is done for a task now. */
export function phaseText(row: Row, gates: number | undefined): string {
  const { phase } = row;
  switch (phase) {
    case 'agent':
      return [row.agent === '' ? phase : row.agent, row.part].filter((word) => word !== '').join(' ');
    case 'preparing':
    case 'rebase':
    case 'conflict':
      return phase;
    case 'ending':
      return 'agent ended';
    case 'waiting':
      return gates === 0 ? 'push' : 'waiting for the gate';
    case 'gate':
      return gateWords(row);
    case 'resolver':
      return row.remedy > 1 ? `resolver (try ${row.remedy})` : 'resolver';
    case 'push':
      return isLacking(row, gates) ? 'waiting for the gate' : 'push';
  }
}

/** Returns in words what the gates say of a task's work as it is now. */
export function ciText(row: Row, gates: number | undefined): string {
  const { ci } = row;
  switch (ci) {
    case 'none':
      return '';
    case 'red': {
      const [name = ''] = row.gates;
      return name === '' ? 'red' : `red: ${name}`;
    }
    case 'running':
      return gates !== undefined && gates > 1 ? `running ${Math.min(row.passed + 1, gates)}/${gates}` : 'running';
    case 'passed':
    case 'known':
      return isLacking(row, gates) ? `${ci} ${row.passed}/${gates}` : ci;
  }
}

/** Returns the place of each task in the order in which work lands, from 1; those that a resolver mends have none. */
export function places(rows: Iterable<Row>): ReadonlyMap<string, number> {
  const inLine = [...rows].filter(({ phase }) => phase !== 'resolver' && phase !== 'conflict');
  const sorted = inLine.flatMap(({ id, arrival }) => (arrival === undefined ? [] : [{ id, arrival }]));
  return new Map(sorted.toSorted((a, b) => a.arrival - b.arrival).map(({ id }, index) => [id, index + 1]));
}

function isLacking({ ci, passed }: Row, gates: number | undefined): boolean {
  return gates !== undefined && (ci === 'passed' || ci === 'known') && passed < gates;
}

function gateWords({ gates }: Row): string {
  const named = gates.filter((name) => name !== '');
  return named.length === 0 ? 'gate' : `gate ${named.map((name) => `"${name}"`).join(', ')}`;
}
