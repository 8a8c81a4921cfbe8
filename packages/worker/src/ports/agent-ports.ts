import type { PortRange, PortRanges } from './port-ranges.ts';

/** Gives each agent of a run a port range of its own, and says once when there is none left. */
export class AgentPorts {
  readonly #note: (text: string) => void;
  #ranges: Promise<PortRanges> | undefined;
  #isNoted = false;

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** Returns a free range until it is given back; nothing when there is none, which is no error. */
  async lease(): Promise<PortRange | undefined> {
    this.#ranges ??= import('./port-ranges.ts').then(({ PortRanges: Ranges }) => new Ranges());
    const range = await (await this.#ranges).lease();
    if (range === undefined && !this.#isNoted) {
      this.#isNoted = true;
      this.#note('no free port range: agents start without RALPH_PORT_BASE');
    }
    return range;
  }
}
