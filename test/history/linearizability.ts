import type { Operation } from "./operation.js";
import { emptyRegister, formatRegister, type Register, step } from "./register.js";

/**
 * Says why a history is not linearizable, or returns undefined if it is: whether there is an order of all operations on
 * each key that respects which was answered before which was called, in which every answer is right. Keys are
 * independent, so each is searched by itself (the search of Wing and Gong with the memory of Lowe).
 */
export function findNonlinearizable(operations: readonly Operation[]): string | undefined {
  for (const [key, own] of byKey(operations)) {
    const stuck = search(own);
    if (stuck !== undefined) return `${key}: ${stuck}`;
  }
  return undefined;
}

function byKey(operations: readonly Operation[]): Map<string, Operation[]> {
  const keys = new Map<string, Operation[]>();
  for (const operation of operations) keys.set(operation.key, [...(keys.get(operation.key) ?? []), operation]);
  return keys;
}

interface Frame {
  readonly register: Register;
  /** Index of the operation that led here. */
  readonly taken: number;
  /** What has not been tried from here yet. */
  readonly candidates: number[];
}

/** A search that has entered as many states as this without an answer is given up: no sound history needed a hundredth. */
const mostStates = 20_000;

/** Depth-first over the orders, never entering the same set of operations with the same register twice. */
function search(unsorted: readonly Operation[]): string | undefined {
  const operations = unsorted.filter(isOfUse).sort((left, right) => left.called - right.called);
  const order = new OrderBuilder(operations);
  const path: Frame[] = [{ register: emptyRegister, taken: -1, candidates: order.candidates(emptyRegister) }];
  let furthest: Furthest = { done: 0, register: emptyRegister, next: [] };
  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    if (order.isComplete) return undefined;
    if (order.states > mostStates) return `undecided after ${mostStates} states: ${describeStuck(operations, furthest)}`;
    const index = frame.candidates.pop();
    if (index === undefined) {
      path.pop();
      if (frame.taken >= 0) order.giveBack(frame.taken);
      continue;
    }
    const operation = operations[index];
    const register = operation === undefined ? undefined : step(frame.register, operation);
    if (register === undefined || !order.take(index, register)) continue;
    const candidates = order.candidates(register);
    path.push({ register, taken: index, candidates });
    if (path.length > furthest.done) furthest = { done: path.length, register, next: candidates.flatMap((next) => operations[next] ?? []) };
  }
  return describeStuck(operations, furthest);
}

/** A read whose answer was lost tells nothing. */
const isOfUse = ({ request, outcome }: Operation): boolean => request.verb !== "get" || outcome.result !== "unknown";

/** The longest order found, and what could not come next. */
interface Furthest {
  readonly done: number;
  readonly register: Register;
  readonly next: readonly Operation[];
}

function describeStuck(operations: readonly Operation[], { done, register, next }: Furthest): string {
  const answered = operations.filter(isAnswered).length;
  const stuck = next.map(({ client, request, outcome }) => `${client}: ${JSON.stringify(request)} → ${JSON.stringify(outcome)}`);
  return [
    `no order of its ${operations.length} operations (${answered} answered) explains every answer;`,
    `the longest explains ${done - 1} and ends with ${formatRegister(register)}, which none of these can follow:`,
    ...stuck,
  ].join("\n  ");
}

/** Which operations are in the order so far. */
class OrderBuilder {
  readonly #taken: boolean[];
  readonly #seen = new Set<string>();
  #answeredLeft: number;

  constructor(private readonly operations: readonly Operation[]) {
    this.#taken = operations.map(() => false);
    this.#answeredLeft = operations.filter(isAnswered).length;
  }

  /** Unanswered operations need not have happened. */
  get isComplete(): boolean {
    return this.#answeredLeft === 0;
  }

  get states(): number {
    return this.#seen.size;
  }

  /**
   * Operations that may come next: called before any that is left was answered. The last is to be tried first.
   *
   * One that fits and changes nothing is taken at once, without alternatives: whatever order there is remains one when
   * it comes first. Of the others that were given a revision, only the lowest can lead on, since revisions only grow.
   */
  candidates(register: Register): number[] {
    const eligible = this.#eligible();
    const idle = eligible.find((index) => this.#changesNothing(index, register));
    if (idle !== undefined) return [idle];
    const lowest = Math.min(...eligible.map((index) => this.#revision(index) ?? Number.POSITIVE_INFINITY));
    return eligible
      .filter((index) => (this.#revision(index) ?? lowest) === lowest)
      .sort((left, right) => this.#rank(right) - this.#rank(left));
  }

  #eligible(): number[] {
    let firstAnswer = Number.POSITIVE_INFINITY;
    const found: number[] = [];
    for (const [index, operation] of this.operations.entries()) {
      if (this.#taken[index] === true) continue;
      if (operation.called > firstAnswer) break;
      found.push(index);
      if (isAnswered(operation)) firstAnswer = Math.min(firstAnswer, operation.returned);
    }
    return found.filter((index) => (this.operations[index]?.called ?? 0) < firstAnswer);
  }

  #changesNothing(index: number, register: Register): boolean {
    const operation = this.operations[index];
    return operation !== undefined && isAnswered(operation) && step(register, operation) === register;
  }

  #revision(index: number): number | undefined {
    const outcome = this.operations[index]?.outcome;
    return outcome?.result === "ok" ? outcome.revision : undefined;
  }

  /** Adds an operation; false when the same operations have led to the same register before. */
  take(index: number, register: Register): boolean {
    this.#taken[index] = true;
    const state = `${this.#fingerprint()} ${formatRegister(register)}`;
    if (this.#seen.has(state)) {
      this.#taken[index] = false;
      return false;
    }
    this.#seen.add(state);
    if (this.#isAnswered(index)) this.#answeredLeft -= 1;
    return true;
  }

  giveBack(index: number): void {
    this.#taken[index] = false;
    if (this.#isAnswered(index)) this.#answeredLeft += 1;
  }

  /** The first that is left, and which after it are taken: short, for most of an order is a prefix. */
  #fingerprint(): string {
    const first = this.#taken.indexOf(false);
    if (first < 0) return "all";
    const later = this.#taken.flatMap((taken, index) => (taken && index > first ? [index] : []));
    return `${first}+${later.join(",")}`;
  }

  /** Unanswered ones are tried last: most of them are explained by never having happened. */
  #rank(index: number): number {
    const operation = this.operations[index];
    if (operation === undefined || !isAnswered(operation)) return Number.MAX_SAFE_INTEGER;
    return operation.returned;
  }

  #isAnswered(index: number): boolean {
    const operation = this.operations[index];
    return operation !== undefined && isAnswered(operation);
  }
}

const isAnswered = ({ outcome }: Operation): boolean => outcome.result !== "unknown";
