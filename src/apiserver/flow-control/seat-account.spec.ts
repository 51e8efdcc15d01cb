import { expect } from "chai";
import { type Applicant, SeatAccount } from "./seat-account.js";

interface Named extends Applicant {
  readonly name: string;
}

/** "a1" is of the flow "a"; "a1:3" takes three seats. */
function applicant(text: string): Named {
  const [name = "", seats = "1"] = text.split(":");
  return { name, flow: name.slice(0, 1), seats: Number(seats) };
}

/** Plays steps: "+a1:3" asks, "-a1" is done, "!a1" leaves. Each tells what then runs, or "waits" or "refused". */
function play(limits: ConstructorParameters<typeof SeatAccount>[0], steps: readonly string[]): readonly string[] {
  const account = new SeatAccount<Named>(limits);
  const known = new Map<string, Named>();
  return steps.map((step) => {
    const asked = applicant(step.slice(1));
    const one = known.get(asked.name) ?? asked;
    known.set(one.name, one);
    if (step.startsWith("+")) return account.ask(one);
    const seated = step.startsWith("-") ? account.release(one) : account.leave(one);
    return seated.map(({ name }) => name).join(" ");
  });
}

describe("SeatAccount", () => {
  const roomy = { maxWaitingSeats: 100, maxWaitingSeatsOfFlow: 100 };
  const cases = [
    { it: "runs what fits", limits: { seats: 2, ...roomy }, steps: ["+a1", "+a2"], gives: ["runs", "runs"] },
    {
      it: "lets the rest wait, and runs it in order",
      limits: { seats: 1, ...roomy },
      steps: ["+a1", "+a2", "+a3", "-a1", "-a2"],
      gives: ["runs", "waits", "waits", "a2", "a3"],
    },
    {
      it: "gives a free seat to the flow with the fewest, however many another has waiting",
      limits: { seats: 2, ...roomy },
      steps: ["+a1", "+a2", "+a3", "+a4", "+b1", "-a1"],
      gives: ["runs", "runs", "waits", "waits", "waits", "b1"],
    },
    {
      it: "takes turns among flows that have as many",
      limits: { seats: 1, ...roomy },
      steps: ["+c1", "+a1", "+a2", "+b1", "+b2", "-c1", "-a1", "-b1", "-a2"],
      gives: ["runs", "waits", "waits", "waits", "waits", "a1", "b1", "a2", "b2"],
    },
    {
      it: "lets one that needs many seats wait for them without being overtaken",
      limits: { seats: 3, ...roomy },
      steps: ["+a1", "+a2", "+b1:3", "+c1", "-a1", "-a2"],
      gives: ["runs", "runs", "waits", "waits", "", "b1"],
    },
    {
      it: "gives one that needs more seats than there are all of them",
      limits: { seats: 2, ...roomy },
      steps: ["+a1:9", "+b1", "-a1"],
      gives: ["runs", "waits", "b1"],
    },
    {
      it: "refuses a flow that has too much waiting, and no other",
      limits: { seats: 1, maxWaitingSeats: 10, maxWaitingSeatsOfFlow: 1 },
      steps: ["+a1", "+a2", "+a3", "+b1"],
      gives: ["runs", "waits", "refused", "waits"],
    },
    {
      it: "counts what waits by its seats",
      limits: { seats: 4, maxWaitingSeats: 10, maxWaitingSeatsOfFlow: 4 },
      steps: ["+a1:4", "+a2:3", "+a3:2", "+a4"],
      gives: ["runs", "waits", "refused", "waits"],
    },
    {
      it: "refuses when too much waits altogether",
      limits: { seats: 1, maxWaitingSeats: 2, maxWaitingSeatsOfFlow: 2 },
      steps: ["+a1", "+b1", "+c1", "+d1"],
      gives: ["runs", "waits", "waits", "refused"],
    },
    {
      it: "forgets one that leaves, and lets through whom it was in the way of",
      limits: { seats: 2, ...roomy },
      steps: ["+a1", "+b1:2", "+c1", "!b1", "!b1"],
      gives: ["runs", "waits", "waits", "c1", ""],
    },
  ];
  for (const { it: does, limits, steps, gives } of cases) {
    it(does, () => expect(play(limits, steps)).to.deep.equal(gives));
  }

  it("keeps nothing of flows that are through", () => {
    const account = new SeatAccount<Named>({ seats: 1, ...roomy });
    const all = Array.from({ length: 50 }, (_, index) => ({ name: String(index), flow: String(index), seats: 1 }));
    for (const one of all) account.ask(one);
    for (const one of all) account.release(one);

    expect(account).to.include({ takenSeats: 0, waiting: 0 });
    expect(account).to.have.nested.property("flows.size", 0);
  });
});
