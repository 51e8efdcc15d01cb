import { announcedAddress, apiServerLeaseLabel, apiServerLeaseNamespace } from "../api/kinds/lease/api-server-lease.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient } from "./contracts.js";
import { createInformer } from "./informer.js";

export interface AnnouncedServersDeps {
  readonly client: Pick<ApiClient, "of">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Follows which api-servers have announced themselves, until `signal` fires; `changed` is told all their addresses. */
export async function followAnnouncedServers(
  { client, clock, log }: AnnouncedServersDeps,
  changed: (addresses: ReadonlySet<string>) => void,
  signal: AbortSignal,
): Promise<void> {
  const labelSelector = `${apiServerLeaseLabel.name}=${apiServerLeaseLabel.value}`;
  const informer = createInformer(client.of(leaseKind), { namespace: apiServerLeaseNamespace, labelSelector }, { clock, log });
  const tell = (): void => changed(new Set(informer.list().flatMap((lease) => announcedAddress(lease) ?? [])));
  informer.addHandler({ added: tell, updated: tell, deleted: tell });
  await informer.run(signal);
}
