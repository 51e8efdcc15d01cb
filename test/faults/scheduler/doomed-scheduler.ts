/** A scheduler that kills itself, as SIGKILL does, before or after one of its bindings. */
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { stopOnSignals } from "../../../src/base/stop-signals.js";
import { connect } from "../../../src/client/connect.js";
import type { ApiClient } from "../../../src/client/contracts.js";
import { createScheduler } from "../../../src/scheduler/scheduler.js";

const [, , path = "", when = "", count = ""] = process.argv;
let bindings = 0;

/** Nothing comes after it. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

/** The client, whose `count`th binding is not sent, or is not heard of any more. */
function doomed(client: ApiClient): ApiClient {
  const bind: ApiClient["bind"] = async (pod, nodeName, ...more) => {
    const isLast = ++bindings === Number(count);
    if (isLast && when === "before") return await die();
    const bound = await client.bind(pod, nodeName, ...more);
    return isLast ? await die() : bound;
  };
  const withMetadata: ApiClient["withMetadata"] = (metadata) => doomed(client.withMetadata(metadata));
  return new Proxy(client, {
    get: (target, name) => {
      if (name === "bind") return bind;
      if (name === "withMetadata") return withMetadata;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const client = doomed(await connect({ path }));
process.stdout.write("ready\n");
await createScheduler({ client, clock: systemClock, log: createLog("scheduler", "silent"), identity: "doomed" }).run(
  stopOnSignals(process),
);
