import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import { planLogs } from "./log-request.js";

describe("planLogs", () => {
  const running = { state: { running: {} } };
  const ended = { state: { terminated: { exitCode: 1 } } };
  const waiting = (reason: string): object => ({ state: { waiting: { reason } } });
  const plan = (pod: object, options: object = {}): unknown =>
    planLogs(makeWhole(podKind, { metadata: { name: "p" }, ...pod }), PodLogOptions.fromPartial(options));

  const one = (status: object): object => ({
    spec: { nodeName: "n1", containers: [{ name: "c" }] },
    status: { containerStatuses: [{ name: "c", ...status }] },
  });
  const many = {
    spec: { nodeName: "n1", containers: [{ name: "a" }, { name: "b" }], initContainers: [{ name: "i" }] },
    status: { containerStatuses: [{ name: "b", ...running }], initContainerStatuses: [{ name: "i", ...ended }] },
  };

  const planned: readonly { readonly it: string; readonly pod: object; readonly options?: object; readonly container: string }[] = [
    { it: "takes the only container", pod: one(running), container: "c" },
    { it: "takes the one named", pod: many, options: { container: "b" }, container: "b" },
    { it: "takes an init container", pod: many, options: { container: "i" }, container: "i" },
    { it: "takes one that has ended", pod: one(ended), container: "c" },
    { it: "takes one that waits to start again", pod: one({ ...waiting("CrashLoopBackOff"), lastState: ended.state }), container: "c" },
    { it: "takes a previous one", pod: one({ ...running, lastState: ended.state }), options: { previous: true }, container: "c" },
  ];
  for (const { it: does, pod, options, container } of planned) {
    it(does, () => {
      expect(plan(pod, options)).to.deep.equal({ nodeName: "n1", container });
    });
  }

  const refused: readonly { readonly pod: object; readonly options?: object; readonly says: string }[] = [
    { pod: one(waiting("ContainerCreating")), says: 'container "c" in pod "p" is waiting to start: ContainerCreating' },
    { pod: one(waiting("CreateContainerError")), says: 'container "c" in pod "p" is waiting to start: CreateContainerError' },
    { pod: one(waiting("ErrImagePull")), says: `container "c" in pod "p" is waiting to start: image can't be pulled` },
    { pod: one(waiting("ImagePullBackOff")), says: 'container "c" in pod "p" is waiting to start: trying and failing to pull image' },
    {
      pod: { spec: { nodeName: "n1", containers: [{ name: "c" }] } },
      says: 'container "c" in pod "p" is waiting to start: ContainerCreating',
    },
    { pod: { spec: { containers: [{ name: "c" }] } }, says: "pod p does not have a host assigned" },
    { pod: many, says: "a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]" },
    { pod: many, options: { container: "x" }, says: "container x is not valid for pod p" },
    { pod: one(running), options: { previous: true }, says: 'previous terminated container "c" in pod "p" not found' },
    { pod: one(running), options: { tailLines: -1 }, says: "tailLines: Invalid value: -1: must be greater than or equal to 0" },
    { pod: one(running), options: { limitBytes: 0 }, says: "limitBytes: Invalid value: 0" },
    {
      pod: one(running),
      options: { stream: "both" },
      says: 'stream: Unsupported value: "both": supported values: "All", "Stderr", "Stdout"',
    },
    { pod: one(running), options: { sinceSeconds: 5, sinceTime: { seconds: 1 } }, says: "at most one of `sinceTime` or `sinceSeconds`" },
  ];
  for (const { pod, options, says } of refused) {
    it(`says: ${says}`, () => {
      expect(() => plan(pod, options)).to.throw(says);
    });
  }
});
