import { badRequest } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import type { AttachRequest_Start, ExecRequest_Start, PortForwardRequest_Start } from "../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodAttachOptions, PodExecOptions } from "../../gen/howbernetes/core/v1/pod_session.js";
import { containerOf, nodeOf } from "./pod-container.js";
import type { SessionOrder } from "./session-broker.js";

/** A session that a caller may have: what is asked of which node. */
export interface SessionPlan {
  readonly nodeName: string;
  readonly order: SessionOrder;
}

/**
 * Decides what running a program asks of which node. Messages are Kubernetes'.
 * @throws ApiError BadRequest
 */
export function planExec(pod: Whole<Pod>, { options: given, terminalSize }: ExecRequest_Start): SessionPlan {
  const options = given ?? PodExecOptions.fromPartial({});
  if ((options.command[0] ?? "") === "") throw badRequest("you must specify at least one command for the container");
  checkEnds(options);
  const container = runningContainer(pod, options.container, "exec into");
  const value = { ...identityOf(pod), options: { ...options, container }, terminalSize };
  return { nodeName: nodeOf(pod), order: { $case: "exec", value } };
}

/**
 * As `planExec`, for the container's own process.
 * @throws ApiError BadRequest
 */
export function planAttach(pod: Whole<Pod>, { options: given, terminalSize }: AttachRequest_Start): SessionPlan {
  const { stdout = true, stderr = true, ...others } = given ?? PodAttachOptions.fromPartial({});
  const options = { ...others, stdout, stderr };
  checkEnds(options);
  const container = runningContainer(pod, options.container, "attach");
  checkInput(pod, container, options);
  const value = { ...identityOf(pod), options: { ...options, container }, terminalSize };
  return { nodeName: nodeOf(pod), order: { $case: "attach", value } };
}

/**
 * As `planExec`, for a connection to a port.
 * @throws ApiError BadRequest
 */
export function planPortForward(pod: Whole<Pod>, { options }: PortForwardRequest_Start): SessionPlan {
  const [port, ...more] = options?.ports ?? [];
  if (port === undefined || more.length > 0) throw badRequest("a connection takes exactly one port");
  if (port < 1 || port > 65_535) throw badRequest(`${port} is not a port: must be between 1 and 65535, inclusive`);
  const nodeName = nodeOf(pod);
  const { phase } = pod.status;
  if (phase !== "Running") throw badRequest(`unable to forward port because pod is not running. Current status=${phase}`);
  return { nodeName, order: { $case: "portForward", value: { ...identityOf(pod), port } } };
}

interface Ends {
  readonly stdin?: boolean | undefined;
  readonly stdout?: boolean | undefined;
  readonly stderr?: boolean | undefined;
}

function checkEnds({ stdin = false, stdout = false, stderr = false }: Ends): void {
  if (!stdin && !stdout && !stderr) throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
}

function runningContainer(pod: Whole<Pod>, wanted: string | undefined, deed: string): string {
  const { status } = pod;
  const container = containerOf(pod, wanted ?? "");
  nodeOf(pod);
  if (status.phase === "Succeeded" || status.phase === "Failed")
    throw badRequest(`cannot ${deed} a container in a completed pod; current phase is ${status.phase}`);
  const all = [...status.containerStatuses, ...status.initContainerStatuses, ...status.ephemeralContainerStatuses];
  const found = all.find(({ name }) => name === container);
  // Its node may know better than a status that is on its way: only what cannot be is refused here.
  if (found?.containerID === undefined || found.containerID === "") throw badRequest(`container not found ("${container}")`);
  return container;
}

function checkInput({ spec }: Whole<Pod>, container: string, { stdin = false, tty = false }: PodAttachOptions): void {
  const ephemeral = spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ephemeralContainerCommon);
  const found = [...spec.containers, ...spec.initContainers, ...ephemeral].find((each) => each?.name === container);
  if (stdin && found?.stdin !== true) throw badRequest(`container ${container} does not have stdin enabled`);
  if (tty && found?.tty !== true) throw badRequest(`container ${container} does not have a tty`);
}

function identityOf({ metadata }: Whole<Pod>): { readonly podNamespace: string; readonly podName: string; readonly podUid: string } {
  return { podNamespace: metadata.namespace, podName: metadata.name, podUid: metadata.uid };
}
