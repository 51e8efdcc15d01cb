/** What asks for seats. */
export interface Applicant {
  /** Who shares a queue: one flow cannot push out another. */
  readonly flow: string;
  /** How many seats it takes while it runs, at least 1. */
  readonly seats: number;
}

export interface SeatLimits {
  /** Seats that may be taken at once. */
  readonly seats: number;
  /** Seats for which all who wait may ask together. */
  readonly maxWaitingSeats: number;
  /** Of these, what one flow may have. */
  readonly maxWaitingSeatsOfFlow: number;
}

interface Flow<A> {
  taken: number;
  waitingSeats: number;
  readonly waiting: A[];
}

/**
 * Who has a seat at one priority level, and who waits: accounting alone, without time or promises. When a seat comes
 * free it goes to the flow that has the fewest, and among those to the one that has waited longest; within a flow it is
 * first come, first served. Invariants: nobody waits while all of the seats are free; a flow is known only while it has
 * or awaits seats.
 */
export class SeatAccount<A extends Applicant> {
  private readonly flows = new Map<string, Flow<A>>();
  private taken = 0;
  private waitingSeats = 0;
  private waitingCount = 0;

  constructor(private readonly limits: SeatLimits) {}

  get takenSeats(): number {
    return this.taken;
  }

  get waiting(): number {
    return this.waitingCount;
  }

  /** What becomes of one who comes: it runs at once, waits, or is refused because too much waits already. */
  ask(applicant: A): "runs" | "waits" | "refused" {
    const flow = this.flows.get(applicant.flow) ?? { taken: 0, waitingSeats: 0, waiting: [] };
    if (this.waitingCount === 0 && this.fits(applicant)) {
      this.flows.set(applicant.flow, flow);
      this.seat(flow, applicant);
      return "runs";
    }
    const seats = this.seatsOf(applicant);
    const { maxWaitingSeats, maxWaitingSeatsOfFlow } = this.limits;
    if (flow.waitingSeats + seats > maxWaitingSeatsOfFlow || this.waitingSeats + seats > maxWaitingSeats) return "refused";
    this.flows.set(applicant.flow, flow);
    flow.waiting.push(applicant);
    this.countWaiting(flow, 1, seats);
    return "waits";
  }

  /** One that ran is done. @returns those that run now */
  release(applicant: A): readonly A[] {
    const flow = this.flows.get(applicant.flow);
    if (flow === undefined) return [];
    flow.taken -= this.seatsOf(applicant);
    this.taken -= this.seatsOf(applicant);
    this.forgetIfIdle(applicant.flow, flow);
    return this.seatWaiting();
  }

  /** One that waited does so no more. @returns those that run now, for it may have been in their way */
  leave(applicant: A): readonly A[] {
    const flow = this.flows.get(applicant.flow);
    const place = flow?.waiting.indexOf(applicant) ?? -1;
    if (flow === undefined || place < 0) return [];
    flow.waiting.splice(place, 1);
    this.countWaiting(flow, -1, -this.seatsOf(applicant));
    this.forgetIfIdle(applicant.flow, flow);
    return this.seatWaiting();
  }

  private seatWaiting(): readonly A[] {
    const seated: A[] = [];
    for (let flow = this.nextFlow(); flow !== undefined; flow = this.nextFlow()) {
      const [first] = flow.waiting;
      // Whoever needs many seats is not overtaken by those that need few, or it would wait for ever.
      if (first === undefined || !this.fits(first)) break;
      flow.waiting.shift();
      this.countWaiting(flow, -1, -this.seatsOf(first));
      this.seat(flow, first);
      // It goes to the end of the line of those with as many seats.
      this.flows.delete(first.flow);
      this.flows.set(first.flow, flow);
      seated.push(first);
    }
    return seated;
  }

  private nextFlow(): Flow<A> | undefined {
    let next: Flow<A> | undefined;
    for (const flow of this.flows.values()) {
      if (flow.waiting.length > 0 && (next === undefined || flow.taken < next.taken)) next = flow;
    }
    return next;
  }

  private fits(applicant: A): boolean {
    return this.taken + this.seatsOf(applicant) <= this.limits.seats;
  }

  private seat(flow: Flow<A>, applicant: A): void {
    flow.taken += this.seatsOf(applicant);
    this.taken += this.seatsOf(applicant);
  }

  /** One that would need more seats than there are takes all of them. */
  private seatsOf({ seats }: A): number {
    return Math.min(Math.max(1, seats), this.limits.seats);
  }

  private countWaiting(flow: Flow<A>, count: number, seats: number): void {
    flow.waitingSeats += seats;
    this.waitingSeats += seats;
    this.waitingCount += count;
  }

  private forgetIfIdle(name: string, flow: Flow<A>): void {
    if (flow.taken === 0 && flow.waiting.length === 0) this.flows.delete(name);
  }
}
