import { expect } from "chai";
import { isBadRequest } from "../../api/errors.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { loggedContainer, runningContainer } from "./container-choice.js";

const terminated = (id: string) => ({ terminated: { containerID: `docker://${id}` } });

const status = PodStatus.fromPartial({
  containerStatuses: [
    { name: "up", containerID: "docker://up-2", state: { running: {} }, lastState: terminated("up-1") },
    { name: "done", containerID: "docker://done-1", state: terminated("done-1") },
    {
      name: "looping",
      containerID: "docker://looping-3",
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: terminated("looping-3"),
    },
    { name: "pulling", state: { waiting: { reason: "ImagePullBackOff" } } },
  ],
  initContainerStatuses: [{ name: "setup", containerID: "docker://setup-1", state: terminated("setup-1") }],
  ephemeralContainerStatuses: [{ name: "debug", containerID: "docker://debug-1", state: { running: {} } }],
});

describe("loggedContainer", () => {
  const cases = [
    { it: "the one that runs", container: "up", id: "up-2" },
    { it: "the one before it", container: "up", previous: true, id: "up-1" },
    { it: "the one that has ended", container: "done", id: "done-1" },
    { it: "the last one while the next one waits", container: "looping", id: "looping-3" },
    { it: "an init container", container: "setup", id: "setup-1" },
    { it: "an ephemeral container", container: "debug", id: "debug-1" },
  ];
  for (const { it: what, container, previous = false, id } of cases) {
    it(`chooses ${what}`, () => expect(loggedContainer({ podName: "p", container }, status, previous)).to.equal(id));
  }

  const refused = [
    { it: "a stranger", container: "nobody", says: "container nobody is not valid for pod p" },
    { it: "one that has not started", container: "pulling", says: 'container "pulling" in pod "p" is waiting to start: ImagePullBackOff' },
    {
      it: "a run that there has not been",
      container: "done",
      previous: true,
      says: 'previous terminated container "done" in pod "p" not found',
    },
    { it: "a choice that is not made", container: "", says: "container  is not valid for pod p" },
  ];
  for (const { it: what, container, previous = false, says } of refused) {
    it(`refuses ${what}`, () => {
      expect(() => loggedContainer({ podName: "p", container }, status, previous))
        .to.throw(says)
        .that.satisfies(isBadRequest);
    });
  }
});

describe("runningContainer", () => {
  it("chooses what runs, of whatever kind", () => {
    expect(runningContainer({ podName: "p", container: "up" }, status)).to.equal("up-2");
    expect(runningContainer({ podName: "p", container: "debug" }, status)).to.equal("debug-1");
  });

  for (const container of ["done", "looping", "pulling", "setup", "nobody"]) {
    it(`finds nothing that runs in ${container}`, () => {
      expect(() => runningContainer({ podName: "p", container }, status)).to.throw(`container not found ("${container}")`);
    });
  }
});
