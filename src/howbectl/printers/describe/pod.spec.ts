import { expect } from "chai";
import { pod } from "../../../../test/builders/index.js";
import { timeFromMs } from "../../../api/values/time.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import { Description } from "./description.js";
import { describePod } from "./pod.js";

const nowMs = Date.UTC(2030, 0, 1);
const at = timeFromMs(nowMs - 60_000);

function described(spec: object, status: object = {}, metadata: object = {}): string {
  const plain = pod({ name: "web", labels: { app: "web" }, spec: spec as Partial<PodSpec>, status: status as Partial<PodStatus> });
  const description = new Description();
  describePod({ ...plain, metadata: { ...plain.metadata, ...metadata } }, nowMs, description);
  return description.lines().join("\n");
}

const main = (facts: object = {}): Container => ({ ...(pod().spec.containers[0] as Container), ...facts });

describe("describePod", () => {
  it("tells of init and ephemeral containers as of others, and of each where it ended last", () => {
    const text = described(
      {
        containers: [main()],
        initContainers: [main({ name: "setup", command: ["sh", "-c", "one\ntwo"] })],
        ephemeralContainers: [{ ephemeralContainerCommon: main({ name: "debugger" }), targetContainerName: "main" }],
      },
      {
        containerStatuses: [
          {
            name: "main",
            ready: true,
            restartCount: 2,
            state: { running: { startedAt: at } },
            lastState: { terminated: { exitCode: 137, signal: 9, reason: "OOMKilled", startedAt: at, finishedAt: at } },
          },
        ],
        ephemeralContainerStatuses: [{ name: "debugger", state: { waiting: { reason: "ContainerCreating", message: "Pulling 43%" } } }],
      },
    );
    expect(text).to.match(/\nInit Containers:\n {2}setup:\n(.*\n)+ {4}Command:\n {6}sh\n {6}-c\n {6}one\n {6}two\n/);
    expect(text).to.match(/\n {4}Last State: +Terminated\n {6}Reason: +OOMKilled\n {6}Exit Code: +137\n {6}Signal: +9\n/);
    expect(text).to.match(
      /\nEphemeral Containers:\n {2}debugger:\n(.*\n)+ {4}State: +Waiting\n {6}Reason: +ContainerCreating\n {6}Message: +Pulling 43%\n/,
    );
  });

  it("tells what variables, mounts and rights come to", () => {
    const env = [
      { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: { string: "1m" } } } },
      { name: "MEMORY", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
    ];
    const volumeMounts = [
      { name: "data", mountPath: "/z", subPath: "part" },
      { name: "conf", mountPath: "/a", readOnly: true },
    ];
    const resources = { limits: { cpu: { string: "250m" } }, requests: {}, claims: [] };
    const text = described({
      containers: [main({ env, volumeMounts, resources, securityContext: { seccompProfile: { type: "RuntimeDefault" } } })],
    });
    expect(text).to.match(/NAME: +web \(v1:metadata\.name\)\n +APP: +web \(v1:metadata\.labels\['app'\]\)\n +IP: +\(v1:status\.podIP\)\n/);
    expect(text).to.match(/CPU: +250 \(limits\.cpu\)\n +MEMORY: +node allocatable \(limits\.memory\)\n/);
    expect(text).to.match(/Mounts:\n +\/a from conf \(ro\)\n +\/z from data \(rw,path="part"\)\n/);
    expect(text).to.match(/\n {4}SeccompProfile: +RuntimeDefault\n/);
  });

  it("tells since when a pod is going, unless it has ended", () => {
    const going = { deletionTimestamp: timeFromMs(nowMs - 5_000), deletionGracePeriodSeconds: 30 };
    expect(described({}, {}, going)).to.match(/\nStatus: +Terminating \(lasts 5s\)\nTermination Grace Period: +30s\n/);
    expect(described({}, { phase: "Failed", reason: "Evicted" }, going)).to.match(/\nStatus: +Failed\nReason: +Evicted\n/);
  });

  it("tells which gates are open, and what is tolerated", () => {
    const text = described(
      {
        readinessGates: [{ conditionType: "example.com/a" }, { conditionType: "example.com/b" }],
        tolerations: [
          { key: "b", value: "v", effect: "NoSchedule" },
          { key: "a", operator: "Exists" },
        ],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }],
      },
      { conditions: [{ type: "example.com/a", status: "True" }] },
    );
    expect(text).to.match(/\nReadiness Gates:\n {2}Type +Status\n {2}example\.com\/a +True\n {2}example\.com\/b +<none>\n/);
    expect(text).to.match(
      /\nTolerations: +a op=Exists\n +b=v:NoSchedule\nTopology Spread Constraints: +zone:DoNotSchedule when max skew 1 is exceeded$/,
    );
  });

  it("sets long annotations under their keys", () => {
    const text = described({}, {}, { annotations: { long: "x".repeat(200), lines: "a\nb\n", plain: "c" } });
    expect(text).to.match(/\nAnnotations: +lines:\n +a\n +b\n +long:\n {2,}x{138}\.\.\.\n +plain: c\n/);
  });
});
