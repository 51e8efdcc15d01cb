import { expect } from "chai";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { afterResult, type ContainerHealth, initialHealth, type ProbeKind, pendingProbes, verdictOf } from "./container-health.js";

const probe = (successThreshold: number, failureThreshold: number) => ({ successThreshold, failureThreshold });

/** "sl+ r-": a startup and a liveness probe passed, then a readiness probe failed. */
function play(health: ContainerHealth, story: string): ContainerHealth {
  const kinds: Readonly<Record<string, ProbeKind>> = { s: "startup", l: "liveness", r: "readiness" };
  return [...story.matchAll(/([slr])([+-])/g)].reduce((before, [, letter = "", sign]) => {
    const kind = kinds[letter];
    return kind === undefined ? before : afterResult(before, kind, sign === "+");
  }, health);
}

const fresh = { wasStarted: false, wasReady: false };
const known = { wasStarted: true, wasReady: true };

describe("container health", () => {
  const startup = { startupProbe: probe(1, 3) };
  const liveness = { livenessProbe: probe(1, 3) };
  const readiness = { readinessProbe: probe(2, 3) };
  const all = { ...startup, ...liveness, ...readiness };

  const cases = [
    { it: "needs no probe to be started and ready", probes: {}, was: fresh, story: "", says: "started ready", next: "" },
    { it: "is not ready before its readiness probe says so", probes: readiness, was: fresh, story: "", says: "started", next: "readiness" },
    { it: "takes as many successes as are asked for", probes: readiness, was: fresh, story: "r+", says: "started", next: "readiness" },
    { it: "is ready after them", probes: readiness, was: fresh, story: "r+r+", says: "started ready", next: "readiness" },
    { it: "counts only those in a row", probes: readiness, was: fresh, story: "r+r-r+", says: "started", next: "readiness" },
    { it: "stays ready through few failures", probes: readiness, was: fresh, story: "r+r+r-r-", says: "started ready", next: "readiness" },
    { it: "is unready after many", probes: readiness, was: fresh, story: "r+r+r-r-r-", says: "started", next: "readiness" },
    { it: "becomes ready again", probes: readiness, was: fresh, story: "r+r+r-r-r-r+r+", says: "started ready", next: "readiness" },
    { it: "keeps the readiness it had", probes: readiness, was: known, story: "", says: "started ready", next: "readiness" },
    { it: "keeps it until a probe says otherwise", probes: readiness, was: known, story: "r-r-r-", says: "started", next: "readiness" },
    {
      it: "is alive until its liveness probe says otherwise",
      probes: liveness,
      was: fresh,
      story: "l-l-",
      says: "started ready",
      next: "liveness",
    },
    {
      it: "forgives failures before a success",
      probes: liveness,
      was: fresh,
      story: "l-l-l+l-l-",
      says: "started ready",
      next: "liveness",
    },
    {
      it: "is to be ended after as many failures",
      probes: liveness,
      was: fresh,
      story: "l-l-l-",
      says: "started ready liveness",
      next: "",
    },
    { it: "is asked nothing else before it has started", probes: all, was: fresh, story: "s-", says: "", next: "startup" },
    { it: "is to be ended when it does not start", probes: all, was: fresh, story: "s-s-s-", says: "startup", next: "" },
    { it: "is asked the rest once it has", probes: all, was: fresh, story: "s-s+", says: "started", next: "liveness readiness" },
    {
      it: "need not start again after an agent's restart",
      probes: all,
      was: known,
      story: "",
      says: "started ready",
      next: "liveness readiness",
    },
    {
      it: "that had started need not have been ready",
      probes: all,
      was: { ...fresh, wasStarted: true },
      story: "",
      says: "started",
      next: "liveness readiness",
    },
  ];
  for (const { it: does, probes, was, story, says, next } of cases) {
    it(does, () => {
      const health = play(initialHealth(Container.fromPartial({ name: "main", ...probes }), was), story);
      const { isStarted, isReady, fatal } = verdictOf(health, "main");
      const words = [isStarted ? "started" : "", isReady ? "ready" : "", fatal?.probe ?? ""].filter((word) => word !== "");
      expect({ says: words.join(" "), next: pendingProbes(health, false).join(" ") }).to.deep.equal({ says, next });
    });
  }

  it("says which probe ends a container, in Kubernetes' words", () => {
    const health = play(initialHealth(Container.fromPartial({ name: "web", ...liveness }), fresh), "l-l-l-");
    expect(verdictOf(health, "web").fatal?.message).to.equal("Container web failed liveness probe, will be restarted");
  });

  it("is only asked for its readiness once its pod is going away", () => {
    const started = initialHealth(Container.fromPartial({ name: "main", ...all }), known);
    expect(pendingProbes(started, true)).to.deep.equal(["readiness"]);
    const starting = initialHealth(Container.fromPartial({ name: "main", ...all }), fresh);
    expect(pendingProbes(starting, true)).to.deep.equal([]);
  });
});
