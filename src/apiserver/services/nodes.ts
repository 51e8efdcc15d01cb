import { badRequest, forbidden } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { KeyPair } from "../../base/tls/certificate.js";
import type { NodesService, ReportRequest_Hello } from "../../gen/howbernetes/api/v1/nodes.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import type { WatchCache } from "../../storage/cacher/interface.js";
import type { Store } from "../../storage/interface.js";
import { authorize, joinTokens } from "../auth/authorize.js";
import { callingNode, callingTokenId } from "../auth/identity.js";
import { ContainerEvents } from "../nodes/container-events.js";
import { FlightRecords } from "../nodes/flight-records.js";
import { JoinTokens } from "../nodes/join-tokens.js";
import { NodeLeases } from "../nodes/node-lease.js";
import { NodeRegistry } from "../nodes/node-registry.js";
import { PodStatusWriter } from "../nodes/pod-status-writer.js";
import { ReportSession, type ReportSessionDeps } from "../nodes/report-session.js";
import type { SessionBroker } from "../nodes/session-broker.js";
import { openSession, type SessionFence, supersededError } from "../nodes/session-fence.js";
import { untilAborted } from "../nodes/until-aborted.js";
import type { ObjectStore } from "../object-store.js";
import { translated } from "../objects/store-errors.js";

export interface NodesServiceDeps {
  readonly objects: ObjectStore;
  readonly store: Store;
  readonly nodeCache: Pick<WatchCache<Node>, "get" | "watch">;
  /** Shared with the Pods service, whose callers wait for what nodes open here. */
  readonly broker: SessionBroker;
  readonly ca: KeyPair;
  readonly clock: Clock;
  readonly log: Log;
  /** Range from which each node has a /24 for its pods; 10.240.0.0/12 by default. */
  readonly podCidr?: string;
}

// A node is NotReady after three heartbeats missed.
const heartbeatPeriodMs = 5_000;
const leaseDurationSeconds = 15;
// A stream that breaks is usually back within the reconnect's first attempts.
const disconnectGraceMs = 5_000;
// Large, so that clusters which share a Docker Engine, each starting somewhere of its own in it, seldom collide.
const defaultPodCidr = "10.240.0.0/12";

/** The service that nodes talk to. */
export function createNodesService(deps: NodesServiceDeps): Handlers<NodesService> {
  const service = new NodesHandlers(deps);
  const { ca, store } = deps;
  return {
    createJoinToken: (request, call) => {
      authorize(call.caller, { verb: "create", kind: joinTokens, namespace: "", name: "", subresource: "" });
      return translated({ group: "", kind: joinTokens.plural, name: "" }, service.tokens.create(request));
    },
    join: async ({ nodeName, certificateSigningRequest }, call) => {
      authorize(call.caller, { verb: "join", kind: nodeKind, namespace: "", name: nodeName, subresource: "" });
      const certificate = await translated(
        { group: "", kind: "nodes", name: nodeName },
        service.join(nodeName, certificateSigningRequest, call),
      );
      return { certificate: Buffer.from(certificate), caCertificate: Buffer.from(ca.certificate), clusterUid: store.clusterUid };
    },
    report: (requests, call) => service.report(requests, call),
    tunnel: (requests, call) => service.tunnel(requests, call),
    openSession: (requests, call) => service.openSession(requests, call),
  };
}

type Requests<Name extends "report" | "tunnel" | "openSession"> = Parameters<Handlers<NodesService>[Name]>[0];
type Responses<Name extends "report" | "tunnel" | "openSession"> = ReturnType<Handlers<NodesService>[Name]>;

class NodesHandlers {
  readonly tokens: JoinTokens;
  private readonly registry: NodeRegistry;
  private readonly sessionDeps: ReportSessionDeps;
  /** The newest session of each node that is connected here. */
  private readonly sessions = new Map<string, ReportSession>();

  constructor(private readonly deps: NodesServiceDeps) {
    const { podCidr = defaultPodCidr } = deps;
    this.tokens = new JoinTokens(deps);
    this.registry = new NodeRegistry({ ...deps, podCidr });
    this.sessionDeps = {
      ...deps,
      podStatuses: new PodStatusWriter(deps),
      containerEvents: new ContainerEvents(deps),
      flightRecords: new FlightRecords(deps),
      leases: new NodeLeases({ ...deps, leaseDurationSeconds }),
    };
  }

  async join(nodeName: string, request: Buffer, { caller, peer }: CallContext): Promise<string> {
    const tokenId = callingTokenId(caller);
    if (tokenId === undefined) throw badRequest("joining takes a join token's certificate");
    const certificate = await this.tokens.redeem(tokenId, nodeName, request);
    this.deps.log.info("node joined", { node: nodeName, peer, token: tokenId });
    return certificate;
  }

  async *report(requests: Requests<"report">, call: CallContext): Responses<"report"> {
    const incoming = untilAborted(requests, call.signal);
    const first = await incoming.next();
    if (first.done === true) return;
    if (first.value.message?.$case !== "hello") throw badRequest("the first report must be a hello");
    const hello = first.value.message.value;
    authorizeNode(call, hello.nodeName);

    const { session, fence } = await this.open(hello, call);
    try {
      yield* session.run(incoming, call.signal);
    } finally {
      if (this.sessions.get(hello.nodeName) === session) this.sessions.delete(hello.nodeName);
      this.deps.log.info("node session ended", { node: hello.nodeName, session: fence.id });
      this.deps.clock.after(disconnectGraceMs, () => this.disconnected(hello.nodeName, fence));
    }
  }

  async *tunnel(requests: Requests<"tunnel">, call: CallContext): Responses<"tunnel"> {
    const incoming = untilAborted(requests, call.signal);
    const first = await incoming.next();
    if (first.done === true) return;
    authorizeNode(call, first.value.nodeName);
    yield* this.deps.broker.tunnel(first.value.nodeName, incoming, call.signal);
  }

  async *openSession(requests: Requests<"openSession">, call: CallContext): Responses<"openSession"> {
    const nodeName = callingNode(call.caller);
    if (nodeName === undefined) throw forbidden({ group: "", kind: "nodes", name: "" }, "only nodes open sessions");
    const inputs = this.deps.broker.accept(nodeName, untilAborted(requests, call.signal), call.signal);
    for await (const input of inputs) yield { input };
  }

  private async open(hello: ReportRequest_Hello, call: CallContext): Promise<{ session: ReportSession; fence: SessionFence }> {
    const { nodeName, nodeUid, bootId } = hello;
    const { store, log } = this.deps;
    const { object: node } = await this.registry.register(nodeName, nodeUid, call.signal);
    const fence = await openSession(store, nodeName, bootId, call.signal);
    await this.sessionDeps.leases.renew(nodeName, fence, call.signal);
    const opening = {
      id: fence.id,
      heartbeatPeriodMs,
      nodeUid: node.metadata.uid,
      clusterUid: store.clusterUid,
      podCIDR: node.spec.podCIDR ?? "",
    };
    const session = new ReportSession(this.sessionDeps, { nodeName, fence, opening });
    this.sessions.get(nodeName)?.end(supersededError(nodeName));
    this.sessions.set(nodeName, session);
    log.info("node session opened", { node: nodeName, session: fence.id, peer: call.peer });
    return { session, fence };
  }

  private disconnected(nodeName: string, fence: SessionFence): void {
    // Bounded, for a store that is away; controllers then judge by the Lease's age alone.
    const signal = AbortSignal.timeout(10_000);
    this.sessionDeps.leases.markDisconnected(nodeName, fence, signal).catch((error: unknown) => {
      this.deps.log.debug("broken session not recorded", { node: nodeName, error });
    });
  }
}

function authorizeNode({ caller }: CallContext, nodeName: string): void {
  authorize(caller, { verb: "connect", kind: nodeKind, namespace: "", name: nodeName, subresource: "" });
}
