import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { formatKey, keyOf } from "../../api/object.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { createDefaultProfile } from "../default-profile.js";
import { Answerer } from "./answerer.js";

describe("Answerer", () => {
  it("works on few explanations at once, however many are asked for: decisions go on beside them", async () => {
    const cluster = new ClusterState();
    for (const name of ["n1", "n2", "n3"]) cluster.setNode(node({ name }));
    const clock = new FakeClock();
    const profile = createDefaultProfile(pluginContext(cluster, clock));
    const pods = new Map(["a", "b", "c"].map((name) => pod({ name, nodeName: "" })).map((each) => [formatKey(keyOf(each)), each]));
    /** Which pods nodes were shown to, in this order. */
    const shown: string[] = [];
    const watched = {
      ...profile,
      filters: profile.filters.map((plugin) => ({
        ...plugin,
        prepareFilter: (...args: Parameters<typeof plugin.prepareFilter>) => {
          if (plugin === profile.filters[0]) shown.push(args[0].pod.metadata.name);
          return plugin.prepareFilter(...args);
        },
      })),
    };
    const answerer = new Answerer({
      cluster,
      profiles: new Map([[profile.schedulerName, watched]]),
      pods: { get: (key) => pods.get(formatKey(key)), reached: async () => undefined },
      synced: async () => undefined,
      // Each look at it takes so long that every stretch is over after one node.
      clock: Object.assign(Object.create(clock) as FakeClock, { monotonicMs: tick() }),
    });
    const { signal } = new AbortController();
    const ask = (name: string) =>
      answerer.answer(
        {
          $case: "explain",
          value: { podUid: pods.get(`default/${name}`)?.metadata.uid ?? "", pod: `default/${name}`, resourceVersion: "" },
        },
        signal,
      );
    const answers = await Promise.all(["a", "b", "c"].map(ask));

    expect(answers.map((answer) => (answer.$case === "explain" ? answer.value.feasibleCount : undefined))).to.deep.equal([3, 3, 3]);
    // Each takes more than one stretch, and the third begins when the first is done.
    expect(shown.filter((name) => name === "a").length).to.be.greaterThan(1);
    expect(shown.indexOf("c")).to.be.greaterThan(shown.lastIndexOf("a"));
  });
});

function tick(): () => number {
  let ms = 0;
  return () => (ms += 100);
}
