import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { followAnnouncedServers } from "../../client/announced-servers.js";
import type { RemoteApiClient } from "../../client/client.js";
import type { ApiClient } from "../../client/contracts.js";
import { ServerLinks } from "../../client/server-links.js";
import { SchedulingService } from "../../gen/howbernetes/api/v1/scheduling.js";
import { AnswerLink } from "./answer-link.js";
import type { Answerer } from "./answerer.js";

/** How the leader gets to each api-server, for a question is asked by whichever its asker has called. */
export interface ApiServers {
  /** Where it was told that the cluster is. */
  readonly configured: readonly string[];
  /** A client of one api-server alone, which is closed when it is needed no more. */
  readonly connect: (address: string) => Pick<RemoteApiClient, "raw" | "close">;
}

export interface AnsweringDeps {
  readonly client: Pick<ApiClient, "of">;
  readonly servers: ApiServers;
  readonly answerer: Pick<Answerer, "answer">;
  readonly term: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Is there to be asked by all api-servers, those that are configured and those that announce themselves, until `signal` fires. */
export async function keepAnswering(deps: AnsweringDeps, signal: AbortSignal): Promise<void> {
  const { client, servers, answerer, term, clock, log } = deps;
  const connect = (address: string) => {
    const server = servers.connect(address);
    const link = new AnswerLink({ scheduling: server.raw(SchedulingService, "watch"), answerer, term, clock, log });
    return { run: (stop: AbortSignal) => link.run(stop), close: () => server.close() };
  };
  const links = new ServerLinks({ configured: servers.configured, connect, log });
  try {
    await followAnnouncedServers({ client, clock, log }, (addresses) => links.announced(addresses), signal);
  } finally {
    await links.close();
  }
}
