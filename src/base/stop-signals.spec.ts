import { expect } from "chai";
import { stopOnSignals } from "./stop-signals.js";

describe("stopOnSignals", () => {
  const source = () => {
    const listeners = new Map<string, () => void>();
    const exits: number[] = [];
    const on = (name: string, listener: () => void): void => void listeners.set(name, listener);
    return { process: { on, exit: (code: number) => void exits.push(code) }, send: (name: string) => listeners.get(name)?.(), exits };
  };

  for (const { name, code } of [
    { name: "SIGTERM", code: 143 },
    { name: "SIGINT", code: 130 },
  ]) {
    it(`stops in order at the first ${name}, at once at the second`, () => {
      const { process, send, exits } = source();
      const signal = stopOnSignals(process);

      expect(signal.aborted).to.equal(false);
      send(name);
      expect(signal.aborted).to.equal(true);
      expect(exits).to.deep.equal([]);
      send(name);
      expect(exits).to.deep.equal([code]);
    });
  }
});
