import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { isBadRequest } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { AttachRequest_Start, ExecRequest_Start, PortForwardRequest_Start } from "../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { planAttach, planExec, planPortForward, type SessionPlan } from "./session-request.js";

const started = (name: string) => ({ name, containerID: `docker://${name}`, state: { running: {} } });

function pod({ phase = "Running", nodeName = "n1" }: { phase?: string; nodeName?: string } = {}): Whole<Pod> {
  return makeWhole(podKind, {
    metadata: { namespace: "shop", name: "web", uid: "u1" },
    spec: {
      nodeName,
      initContainers: [{ name: "setup" }],
      containers: [{ name: "main" }, { name: "shell", stdin: true, tty: true }, { name: "new" }],
      ephemeralContainers: [{ ephemeralContainerCommon: { name: "debug", stdin: true } }],
    },
    status: {
      phase,
      containerStatuses: [started("main"), started("shell"), { name: "new", state: { waiting: {} } }],
      ephemeralContainerStatuses: [started("debug")],
    },
  });
}

const exec = (options: object, of = pod()): SessionPlan => {
  const all = { command: ["ls"], stdout: true, container: "main", ...options };
  return planExec(of, ExecRequest_Start.fromPartial({ options: all }));
};
const attach = (options: object, of = pod()): SessionPlan => planAttach(of, AttachRequest_Start.fromPartial({ options }));
const forward = (ports: number[], of = pod()): SessionPlan =>
  planPortForward(of, PortForwardRequest_Start.fromPartial({ options: { ports } }));

describe("plans of sessions", () => {
  it("say which node is asked for what, of which pod", () => {
    const { nodeName, order } = exec({ tty: true });

    expect(nodeName).to.equal("n1");
    expect(order.$case).to.equal("exec");
    expect(order.value).to.deep.include({ podNamespace: "shop", podName: "web", podUid: "u1" });
    expect(order).to.have.nested.property("value.options.container", "main");
    expect(order).to.have.nested.property("value.options.tty", true);
  });

  it("attach to all output unless told otherwise", () => {
    const { order } = attach({ container: "shell", stderr: false });

    expect(order).to.have.nested.property("value.options.stdout", true);
    expect(order).to.have.nested.property("value.options.stderr", false);
  });

  it("connect to a port of the whole pod", () => {
    expect(forward([80]).order).to.have.nested.property("value.port", 80);
  });

  const taken = [
    { it: "an ephemeral container with an input", plan: () => attach({ container: "debug", stdin: true }) },
    { it: "a terminal where there is one", plan: () => attach({ container: "shell", stdin: true, tty: true }) },
    { it: "the last port", plan: () => forward([65_535]) },
  ];
  for (const { it: what, plan } of taken) it(`take ${what}`, () => expect(plan).not.to.throw());

  const refused = [
    { it: "no command", plan: () => exec({ command: [] }), says: "you must specify at least one command for the container" },
    { it: "no end at all", plan: () => exec({ stdout: false }), says: "you must specify at least 1 of stdin, stdout, stderr" },
    { it: "a stranger's container", plan: () => exec({ container: "x" }), says: "container x is not valid for pod web" },
    {
      it: "a choice that is not made",
      plan: () => exec({ container: "" }),
      says: "a container name must be specified for pod web, choose one of: [main shell new] or one of the init containers: [setup]",
    },
    { it: "a container that has not started", plan: () => exec({ container: "new" }), says: 'container not found ("new")' },
    { it: "a pod without a node", plan: () => exec({}, pod({ nodeName: "" })), says: "pod web does not have a host assigned" },
    {
      it: "a program in a pod that has ended",
      plan: () => exec({}, pod({ phase: "Succeeded" })),
      says: "cannot exec into a container in a completed pod; current phase is Succeeded",
    },
    {
      it: "to attach to a pod that has ended",
      plan: () => attach({ container: "main" }, pod({ phase: "Failed" })),
      says: "cannot attach a container in a completed pod; current phase is Failed",
    },
    {
      it: "input where there is none",
      plan: () => attach({ container: "main", stdin: true }),
      says: "container main does not have stdin enabled",
    },
    {
      it: "a terminal where there is none",
      plan: () => attach({ container: "debug", tty: true }),
      says: "container debug does not have a tty",
    },
    { it: "no port", plan: () => forward([]), says: "a connection takes exactly one port" },
    { it: "two ports", plan: () => forward([80, 81]), says: "a connection takes exactly one port" },
    { it: "what is no port", plan: () => forward([0]), says: "0 is not a port: must be between 1 and 65535, inclusive" },
    {
      it: "a port of a pod that does not run",
      plan: () => forward([80], pod({ phase: "Pending" })),
      says: "unable to forward port because pod is not running. Current status=Pending",
    },
  ];
  for (const { it: what, plan, says } of refused) {
    it(`refuse ${what}`, () => {
      expect(plan).to.throw(says).that.satisfies(isBadRequest);
    });
  }
});
