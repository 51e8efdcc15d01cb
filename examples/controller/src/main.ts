import { connect, createManager, stopOnSignals } from "howbernetes/client";
import { podLabeler } from "./pod-labeler.js";

// Where howbectl would go, too.
const client = await connect({ fieldManager: "pod-labeler" });
const manager = createManager({
  client,
  controllers: [podLabeler],
  // Started twice, one works and the other waits to take its place.
  election: { lease: { namespace: "default", name: "pod-labeler" } },
});
console.log("pod-labeler has started; Ctrl-C ends it");
await manager.run(stopOnSignals(process));
await client.close();
console.log("pod-labeler has ended");
