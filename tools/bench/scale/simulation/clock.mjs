// A clock that stands still while something happens and then goes to what happens next.

/** Calls back in the order of time, and of asking where the time is the same. */
export class Clock {
  #heap = [];
  #count = 0;
  /** Seconds since the beginning. */
  now = 0;

  /**
   * Has something done after so many seconds.
   *
   * @param {number} seconds
   * @param {() => void} act
   * @returns {() => void} keeps it from being done
   */
  after(seconds, act) {
    const event = { at: this.now + seconds, turn: (this.#count += 1), act };
    this.#push(event);
    return () => (event.act = undefined);
  }

  /** Goes on until nothing is left to happen, or until then. */
  run(until = Infinity) {
    while (this.#heap.length > 0 && this.#heap[0].at <= until) {
      const { at, act } = this.#pop();
      if (act === undefined) continue;
      this.now = at;
      act();
    }
    if (until !== Infinity) this.now = until;
  }

  #push(event) {
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    while (place > 0 && isBefore(event, heap[(place - 1) >> 1])) {
      heap[place] = heap[(place - 1) >> 1];
      place = (place - 1) >> 1;
    }
    heap[place] = event;
  }

  #pop() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one, other) {
  return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}
