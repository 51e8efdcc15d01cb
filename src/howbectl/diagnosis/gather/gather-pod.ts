import { isApiError } from "../../../api/errors.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../api/kinds/flightrecord/kind.js";
import { nodeKind } from "../../../api/kinds/node/kind.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../../api/object.js";
import { timeToMs } from "../../../api/values/time.js";
import { PodsService } from "../../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../../gen/howbernetes/core/v1/pod_log.js";
import type { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { KindObject } from "../../printers/object-format.js";
import type { PodFacts } from "../facts.js";
import { imageReasons } from "../pods/images.js";
import { readPlacement } from "./read-placement.js";
import { controlledBy, controllersOf, eventsAbout, type ReadDeps, readAll, readIfThere } from "./readings.js";

/** How much of a log is read. */
const tailLines = 10;

/** Reads all that says why a pod is as it is. */
export async function gatherPod(pod: Whole<Pod>, deps: ReadDeps): Promise<PodFacts> {
  const controllers = await controllersOf(pod, deps);
  const { nodeName = "" } = pod.spec;
  const [events, flights, logs, node, placement, images, revisions] = await Promise.all([
    eventsAbout({ kind: podKind, object: pod } as unknown as KindObject, deps),
    flightsOf(pod, deps),
    logsOf(pod, deps),
    nodeName === "" ? undefined : readIfThere(nodeKind, { namespace: "", name: nodeName }, deps),
    readPlacement(pod, controllers, deps),
    imagesFor(pod, deps),
    revisionsOf(controllers, deps),
  ]);
  return { pod, controllers, events, flights, logs, node, placement, images, revisions };
}

async function flightsOf(pod: Whole<Pod>, deps: ReadDeps): Promise<readonly Whole<FlightRecord>[]> {
  const { namespace, uid } = pod.metadata;
  const records = await readAll(flightRecordKind, { namespace, fieldSelector: `pod.uid=${uid}` }, deps);
  const endMs = ({ flight, metadata }: Whole<FlightRecord>): number => timeToMs(flight?.end?.finishedAt ?? metadata.creationTimestamp) ?? 0;
  return records.toSorted((a, b) => endMs(b) - endMs(a));
}

/** The last lines of the containers that have died; the others' do not say why anything is as it is. */
async function logsOf(pod: Whole<Pod>, deps: ReadDeps): Promise<ReadonlyMap<string, readonly string[]>> {
  const dead = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].filter(hasDied);
  const read = dead.map(async (status): Promise<[string, readonly string[]]> => [status.name ?? "", await logOf(pod, status, deps)]);
  return new Map(await Promise.all(read));
}

function hasDied({ state, lastState }: ContainerStatus): boolean {
  return (state?.terminated?.exitCode ?? 0) !== 0 || lastState?.terminated !== undefined;
}

/** None where its node does not answer, or has it no more. */
async function logOf({ metadata }: Whole<Pod>, { name = "", state }: ContainerStatus, deps: ReadDeps): Promise<readonly string[]> {
  const options = PodLogOptions.fromPartial({ container: name, tailLines, previous: state?.running !== undefined });
  const request = { namespace: metadata.namespace, name: metadata.name, options };
  const pieces: Buffer[] = [];
  try {
    for await (const { data } of deps.client.raw(PodsService, "bulk").logs(request, { signal: deps.signal })) pieces.push(data);
  } catch (error: unknown) {
    if (!isApiError(error)) throw error;
  }
  return Buffer.concat(pieces)
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}

/** What images there are, on nodes and in pods of the namespace, where one cannot be had: its name may be a slip of the pen. */
async function imagesFor({ metadata, status }: Whole<Pod>, deps: ReadDeps): Promise<readonly string[]> {
  const waits = [...status.initContainerStatuses, ...status.containerStatuses].map(({ state }) => state?.waiting?.reason ?? "");
  if (!waits.some((reason) => imageReasons.has(reason))) return [];
  const [nodes, pods] = await Promise.all([readAll(nodeKind, {}, deps), readAll(podKind, { namespace: metadata.namespace }, deps)]);
  const there = pods.flatMap(({ spec, status: { containerStatuses } }) => {
    const made = new Set(containerStatuses.filter(({ imageID = "" }) => imageID !== "").map(({ name }) => name));
    return spec.containers.flatMap(({ name, image = "" }) => (made.has(name) ? [image] : []));
  });
  return [...new Set([...there, ...nodes.flatMap((node) => node.status.images.flatMap(({ names }) => names))])];
}

async function revisionsOf(controllers: readonly KindObject[], deps: ReadDeps): Promise<PodFacts["revisions"]> {
  const deployment = controllers.find(({ kind }) => kind.typeName === deploymentKind.typeName);
  return deployment === undefined ? [] : await controlledBy(deployment.object, replicaSetKind, deps);
}
