import { expect } from "chai";
import { makeWhole } from "../../codec/whole.js";
import { podKind } from "./kind.js";

const nowMs = 1_000_000_000;
const ago = (seconds: number) => ({ seconds: nowMs / 1_000 - seconds });

function cells(partial: object): Record<string, string> {
  const pod = makeWhole(podKind, partial);
  return Object.fromEntries(podKind.columns.map(({ name, cell }) => [name, cell(pod, nowMs)]));
}

const died = (seconds: number) => ({ terminated: { finishedAt: ago(seconds) } });

describe("columns of pods", () => {
  it("are Kubernetes', the wide ones last", () => {
    const shown = (wide: boolean): string[] => podKind.columns.filter((column) => (column.wide ?? false) === wide).map(({ name }) => name);
    expect(shown(false)).to.deep.equal(["NAME", "READY", "STATUS", "RESTARTS", "AGE"]);
    expect(shown(true)).to.deep.equal(["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]);
  });

  it("show what is not known yet", () => {
    expect(cells({ metadata: { name: "web" }, spec: { containers: [{ name: "a" }] }, status: { phase: "Pending" } })).to.deep.equal({
      NAME: "web",
      READY: "0/1",
      STATUS: "Pending",
      RESTARTS: "0",
      AGE: "<unknown>",
      IP: "<none>",
      NODE: "<none>",
      "NOMINATED NODE": "<none>",
      "READINESS GATES": "<none>",
    });
  });

  it("show a pod that runs", () => {
    const pod = {
      metadata: { name: "web", creationTimestamp: ago(185) },
      spec: {
        containers: [{ name: "a" }, { name: "b" }],
        nodeName: "n1",
        readinessGates: [{ conditionType: "x" }, { conditionType: "y" }],
      },
      status: {
        phase: "Running",
        podIPs: [{ ip: "10.1.0.2" }],
        nominatedNodeName: "n2",
        conditions: [{ type: "x", status: "True" }],
        containerStatuses: [
          { name: "a", ready: true, restartCount: 2, state: { running: {} }, lastState: died(300) },
          { name: "b", ready: false, restartCount: 1, state: { running: {} }, lastState: died(120) },
        ],
      },
    };
    expect(cells(pod)).to.deep.equal({
      NAME: "web",
      READY: "1/2",
      STATUS: "Running",
      RESTARTS: "3 (2m ago)",
      AGE: "3m5s",
      IP: "10.1.0.2",
      NODE: "n1",
      "NOMINATED NODE": "n2",
      "READINESS GATES": "1/2",
    });
  });

  it("show restarts without a time where none is known", () => {
    const status = { containerStatuses: [{ name: "a", restartCount: 4 }] };
    expect(cells({ spec: { containers: [{ name: "a" }] }, status }).RESTARTS).to.equal("4");
  });

  it("count restarts of init containers while they run, and not after", () => {
    const spec = { containers: [{ name: "a" }], initContainers: [{ name: "i" }] };
    const containerStatuses = [{ name: "a", restartCount: 1, ready: true, state: { running: {} } }];
    const initializing = [{ name: "i", restartCount: 5, state: { waiting: { reason: "CrashLoopBackOff" } } }];
    const initialized = [{ name: "i", restartCount: 5, state: { terminated: { exitCode: 0 } } }];
    expect(cells({ spec, status: { containerStatuses, initContainerStatuses: initializing } }).RESTARTS).to.equal("5");
    expect(cells({ spec, status: { containerStatuses, initContainerStatuses: initialized } }).RESTARTS).to.equal("1");
  });

  it("count sidecars as ready", () => {
    const pod = {
      spec: { containers: [{ name: "a" }], initContainers: [{ name: "i" }, { name: "s", restartPolicy: "Always" }] },
      status: {
        initContainerStatuses: [
          { name: "i", state: { terminated: { exitCode: 0 } } },
          { name: "s", started: true, ready: true, restartCount: 2, state: { running: {} } },
        ],
        containerStatuses: [{ name: "a", ready: true, state: { running: {} } }],
      },
    };
    expect(cells(pod).READY).to.equal("2/2");
    expect(cells(pod).RESTARTS).to.equal("2");
  });
});
