import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { expired } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { ResourceClient, WatchEvent } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { changesAfter } from "./changes-after.js";

const at = (name: string, resourceVersion: string): Whole<Pod> => {
  const made = pod({ name });
  return { ...made, metadata: { ...made.metadata, resourceVersion } };
};

describe("changesAfter", () => {
  it("tells what was missed when the server no longer has the history, and goes on from there", async () => {
    const asked: (string | undefined)[] = [];
    const client: Pick<ResourceClient<Pod>, "kind" | "list" | "watch"> = {
      kind: podKind,
      list: async () => ({ items: [at("changed", "7"), at("new", "8"), at("same", "2")], resourceVersion: "9" }),
      watch: async function* ({ resourceVersion }): AsyncGenerator<WatchEvent<Pod>> {
        asked.push(resourceVersion);
        if (resourceVersion === "5") {
          yield { type: "bookmark", resourceVersion: "6", initialEnd: false };
          throw expired();
        }
        yield { type: "deleted", object: at("new", "10") };
      },
    };
    const list = { items: [at("changed", "1"), at("gone", "3"), at("same", "2")], resourceVersion: "5" };

    const seen: string[] = [];
    for await (const { type, object } of changesAfter(client as ResourceClient<Pod>, {}, list, new AbortController().signal)) {
      seen.push(`${type} ${object.metadata.name}`);
    }
    expect(seen).to.deep.equal(["deleted gone", "modified changed", "added new", "deleted new"]);
    expect(asked).to.deep.equal(["5", "9"]);
  });
});
