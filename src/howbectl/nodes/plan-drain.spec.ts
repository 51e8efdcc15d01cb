import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { birthMs } from "../../../test/builders/metadata.js";
import { type DrainLeave, planDrain } from "./plan-drain.js";

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "rs" };
const daemon = { ...owner, kind: "DaemonSet", name: "agent" };
const emptyDir = { volumes: [{ name: "cache", volumeSource: { emptyDir: {} } }] } as never;
const storage = "cannot delete Pods with local storage (use --delete-emptydir-data to override): default/web";
const lone = "cannot delete Pods that declare no controller (use --force to override): default/web";

describe("planDrain", () => {
  const cases = [
    { it: "lets managed pods go", pod: pod({ owner }), leaves: true },
    { it: "keeps mirror pods where they are", pod: pod({ annotations: { "kubernetes.io/config.mirror": "x" } }), leaves: false },
    { it: "lets finished pods go, managed or not", pod: pod({ phase: "Succeeded", spec: emptyDir }), leaves: true },
    { it: "lets finished pods of a DaemonSet go", pod: pod({ phase: "Failed", owner: daemon }), leaves: true },
    { it: "keeps what nothing would make anew", pod: pod(), leaves: false, error: lone },
    { it: "lets that go by force", pod: pod(), leave: { force: true }, leaves: true, warning: "deleting Pods that declare no controller" },
    { it: "keeps local data", pod: pod({ owner, spec: emptyDir }), leaves: false, error: storage },
    { it: "keeps local data also by force", pod: pod({ spec: emptyDir }), leave: { force: true }, leaves: false, error: storage },
    { it: "lets local data go", pod: pod({ owner, spec: emptyDir }), leave: { deleteEmptydirData: true }, leaves: true },
    {
      it: "passes over pods of DaemonSets, whatever is in them",
      pod: pod({ owner: daemon, spec: emptyDir }),
      leave: { ignoreDaemonsets: true },
      leaves: false,
      warning: "ignoring DaemonSet-managed Pods",
    },
    {
      it: "passes over DaemonSets' pods by force, too",
      pod: pod({ owner: daemon }),
      leave: { force: true },
      leaves: false,
      error: "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/web",
    },
    {
      it: "passes over what is overdue",
      pod: pod({ owner, deleting: true }),
      leave: { skipWaitForDeleteTimeout: 9 },
      leaves: false,
    },
    { it: "waits for what is just due", pod: pod({ owner, deleting: true }), leave: { skipWaitForDeleteTimeout: 10 }, leaves: true },
  ];
  for (const { it: does, pod: one, leave = {}, leaves, warning = "", error } of cases) {
    it(does, () => {
      const given: DrainLeave = { skipWaitForDeleteTimeout: 0, ...leave };
      // Deleted pods of the builder are due a minute after their birth.
      const plan = planDrain({ pods: [one], missingOwners: new Map(), nowMs: birthMs + 70_000 }, given);
      expect(plan.leaving).to.deep.equal(leaves ? [one] : []);
      expect(plan.warning).to.equal(warning === "" ? "" : `${warning}: default/web`);
      expect(plan.errors).to.deep.equal(error === undefined ? [] : [error]);
    });
  }

  it("keeps pods whose DaemonSet cannot be read, and says why", () => {
    const one = pod({ owner: daemon });
    const missingOwners = new Map([[one.metadata.uid, { message: "no leave to read it", isGone: false }]]);
    const plan = planDrain({ pods: [one], missingOwners, nowMs: 0 }, { force: true, skipWaitForDeleteTimeout: 0 });
    expect(plan).to.deep.equal({ leaving: [], warning: "", errors: ["cannot delete no leave to read it: default/web"] });
  });
});
