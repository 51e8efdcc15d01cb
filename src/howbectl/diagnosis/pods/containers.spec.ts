import { expect } from "chai";
import { deployment, replicaSet } from "../../../../test/builders/index.js";
import { ago, ended, event, expectDiagnosis, nowMs, type PodCase, podFacts, withState } from "../../../../test/builders/pod-facts.js";
import { makeWhole } from "../../../api/codec/whole.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../api/kinds/flightrecord/kind.js";
import type { Kind } from "../../../api/kinds/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../../api/object.js";
import { formatRfc3339, timeFromMs } from "../../../api/values/time.js";
import type { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { PodFacts } from "../facts.js";
import { diagnosePod } from "./diagnose-pod.js";

const flight = (more: object): Whole<FlightRecord> =>
  makeWhole(flightRecordKind, { metadata: { name: "web.main.1", namespace: "default" }, flight: { container: "main", ...more } });

const memory = { resources: { limits: { memory: { string: "64Mi" } }, requests: {}, claims: [] } };
const http = (port: number) => ({
  handler: { httpGet: { path: "/", port: { type: 0, intVal: port, strVal: "" } } },
  periodSeconds: 5,
  successThreshold: 2,
});

const cases: readonly PodCase[] = [
  {
    it: "explains an exit code, and says when the next restart is",
    pod: withState({
      state: {
        waiting: {
          reason: "CrashLoopBackOff",
          message: `back-off 20s restarting failed container=main; next at ${formatRfc3339(timeFromMs(nowMs + 8_000))}`,
        },
      },
      lastState: ended(139),
      restartCount: 4,
    }),
    facts: { logs: new Map([["main", ["one", "two"]]]) },
    is: "not running (CrashLoopBackOff)",
    code: "CrashLoop",
    headline: "container main fails with exit code 139 (SIGSEGV: it reached beyond its memory)",
    evidence: [/^it ended 10s ago, after 30s: Error, exit code 139/, /^restarted 4 times$/, /^it wrote last:$/, /^ {2}two$/],
    waitsFor: "its next restart at 12:00:08 UTC (in 8s), after a back-off of 20s",
    suggestions: [/read what it wrote/],
  },
  {
    it: "says of a program that ends well that it is to go on",
    pod: withState({
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container=main" } },
      lastState: ended(0),
    }),
    is: "not running (CrashLoopBackOff)",
    code: "CrashLoop",
    headline: "container main ends, though it is to go on: exit code 0 (the program said that all went well)",
    evidence: [/it wrote nothing/],
    waitsFor: "its next restart, after a back-off of 10s",
  },
  {
    it: "knows who was killed for memory, and by how much to raise the limit",
    pod: withState(
      { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(137, { reason: "OOMKilled" }), restartCount: 1 },
      {},
      memory,
    ),
    is: "not running (CrashLoopBackOff)",
    code: "OutOfMemory",
    headline: "container main uses more memory than it may, and is killed for it",
    evidence: [/its memory limit is 64Mi/],
    suggestions: [/raise the memory limit of main from 64Mi to 128Mi/, /read what it wrote/],
  },
  {
    it: "knows the probe that ended a container, by its flight record",
    pod: withState({ state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(143), restartCount: 1 }),
    facts: {
      flights: [
        flight({
          lastEvents: [{ reason: "Killing", message: "Container main failed liveness probe, will be restarted" }],
          lastProbes: [{ probe: "liveness", outcome: "failure", message: "HTTP probe failed with statuscode: 500" }],
          log: ["from the record"],
        }),
      ],
    },
    is: "not running (CrashLoopBackOff)",
    code: "ProbeKills",
    headline: "container main is ended for failing its probe",
    evidence: [/from the record/, /its liveness probe failed: HTTP probe failed with statuscode: 500/],
  },
  {
    it: "tells a registry that does not answer from a tag that is not there",
    pod: withState({ state: { waiting: { reason: "ErrImagePull", message: "dial tcp: lookup registry.local: no such host" } } }),
    is: "not running (ErrImagePull)",
    code: "ImagePull",
    headline: "image busybox:1.36 cannot be pulled: the registry's name cannot be resolved",
    suggestions: [/check the registry's name/],
  },
  {
    it: "proposes an image of nearly that name",
    pod: withState({ state: { waiting: { reason: "ImagePullBackOff", message: "manifest unknown" } } }, {}, { image: "bsybox:1.36" }),
    facts: { images: ["redis:7", "busybox:1.35", "busybox:1.36"] },
    is: "not running (ImagePullBackOff)",
    code: "ImagePull",
    headline: /the registry has no such tag$/,
    suggestions: [/use busybox:1.36, which nodes have/, /check the tag/],
  },
  {
    it: "says how far a pull is",
    pod: withState({ state: { waiting: { reason: "ContainerCreating", message: "Pulling 43% (120/280 MB)" } } }, { phase: "Pending" }),
    is: "starting",
    code: "Pulling",
    headline: "image busybox:1.36 is being pulled",
    problem: false,
    evidence: [/Pulling 43%/],
  },
  {
    it: "says what is missing that configures it, and how it is made",
    pod: withState({ state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "db" not found' } } }),
    is: "not running (CreateContainerConfigError)",
    code: "ConfigMissing",
    headline: "there is no Secret db",
    waitsFor: "Secret default/db to be created",
    suggestions: [/create Secret db/],
  },
  {
    it: "says which volume cannot be set up",
    pod: withState({ state: { waiting: { reason: "ContainerCreating" } } }, { phase: "Pending" }),
    facts: { events: [event("FailedMount", 'MountVolume.SetUp failed for volume "data" : path does not exist')] },
    is: "starting",
    code: "VolumePending",
    headline: "volume data cannot be set up",
    evidence: [/^event FailedMount, 5s: .*path does not exist/],
  },
  {
    it: "says which probe fails, what it was answered, and which port would do",
    pod: withState(
      { state: { running: { startedAt: ago(65) } }, ready: false, started: true },
      {},
      { readinessProbe: http(80), ports: [{ containerPort: 8080 }] },
    ),
    facts: {
      events: [event("Unhealthy", "Readiness probe failed: Get http://10.0.0.1:80/: connect: connection refused", "spec.containers{main}")],
    },
    is: "running, but not ready",
    code: "ReadinessProbeFails",
    headline: /^container main fails its readiness probe: Get .*connection refused$/,
    evidence: [/readiness probe: http-get http:\/\/:80\/ /, /^it runs for 65s$/],
    waitsFor: "2 successes of its readiness probe, made every 5s",
    suggestions: [/let the readiness probe ask on port 8080/, /read what it writes/],
  },
  {
    it: "waits for a probe that has not failed yet",
    pod: withState({ state: { running: { startedAt: ago(1) } }, ready: false, started: false }, {}, { startupProbe: http(80) }),
    is: "running, but not ready",
    code: "NotReadyYet",
    headline: "container main has not started up yet",
    problem: false,
  },
];

describe("diagnosePod, of containers", () => {
  for (const each of cases) it(each.it, () => expectDiagnosis(each));

  it("goes back to the revision before, and to none that there is not", () => {
    const revision = (number: number, replicas = 0) => {
      const annotations = { "deployment.kubernetes.io/revision": String(number) };
      return replicaSet({ name: `web-${number}`, uid: `uid-${number}`, annotations, replicas });
    };
    const state = { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(1) };
    const of = (number: number, revisions: number, failing = 0) => {
      const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: `web-${number}`, uid: `uid-${number}` };
      const controllers = [
        { kind: replicaSetKind as unknown as Kind, object: revision(number) },
        { kind: deploymentKind as unknown as Kind, object: deployment({ name: "web" }) },
      ];
      const all = Array.from({ length: revisions }, (_, index) => revision(index + 1, index + 1 === failing ? 1 : 0));
      const { findings } = diagnosePod(podFacts(withState(state, { owner }), { controllers, revisions: all }), nowMs);
      return findings.flatMap(({ suggestions }) => suggestions.map(({ text }) => text)).filter((text) => text.startsWith("go back"));
    };
    expect(of(3, 3)).to.deep.equal(["go back to revision 2"]);
    expect(of(1, 1)).to.deep.equal([]);
    // None of the second's pods is ready either.
    expect(of(3, 3, 2)).to.deep.equal(["go back to revision 1"]);
    // It is being replaced already.
    expect(of(1, 2)).to.deep.equal([]);
  });

  it("has a pod's manifest changed where it is alone, and its template where it is made from one", () => {
    const options = withState({ state: { waiting: { reason: "ErrImageNeverPull" } } });
    const changeOf = (more: Partial<PodFacts>) => diagnosePod(podFacts(options, more), nowMs).findings[0]?.suggestions[0]?.changes[0];
    const alone = changeOf({});
    const made = changeOf({ controllers: [{ kind: replicaSetKind as unknown as Kind, object: replicaSet({ name: "web" }) }] });
    const value = { op: "add", path: "/spec/containers/0/imagePullPolicy", value: "IfNotPresent" };
    expect(alone).to.deep.include({ kind: "patch", recreate: true, patch: [value] });
    expect(made).to.deep.include({ kind: "patch", recreate: false, patch: [{ ...value, path: `/spec/template${value.path}` }] });
    expect(made?.kind === "patch" ? made.replace.map(({ name }) => name) : []).to.deep.equal(["web"]);
  });
});
