import { expect } from "chai";
import { parseResourceArguments, parseTargets } from "./resource-arguments.js";

describe("parseResourceArguments", () => {
  const read = (...words: string[]): unknown => {
    const what = parseResourceArguments(words);
    return what.form === "kinds" ? what.kinds.map((kind) => kind.kind) : what.targets.map(({ kind, name }) => `${kind.kind} ${name}`);
  };

  const cases = [
    { words: ["pods"], means: ["Pod"] },
    { words: ["Pod"], means: ["Pod"] },
    { words: ["po,rs"], means: ["Pod", "ReplicaSet"] },
    { words: ["po,pods"], means: ["Pod"] },
    { words: ["deployments.apps"], means: ["Deployment"] },
    { words: ["deployment.v1.apps"], means: ["Deployment"] },
    { words: ["pod", "a", "b"], means: ["Pod a", "Pod b"] },
    { words: ["po,rs", "a"], means: ["Pod a", "ReplicaSet a"] },
    { words: ["pod/a", "rs/b"], means: ["Pod a", "ReplicaSet b"] },
  ];
  for (const { words, means } of cases) {
    it(`${words.join(" ")} means ${means.join(", ")}`, () => expect(read(...words)).to.deep.equal(means));
  }

  it("all means what runs, and neither configuration nor the cluster's own", () => {
    const all = read("all");
    expect(all).to.include.members(["Pod", "Deployment", "ReplicaSet"]);
    expect(all).not.to.include.members(["Secret"]);
    expect(all).not.to.include.members(["Node"]);
  });

  const refused = [
    { words: [], says: "Required resource not specified" },
    { words: ["foo"], says: 'the server doesn\'t have a resource type "foo"' },
    { words: ["deployments.batch"], says: 'the server doesn\'t have a resource type "deployments.batch"' },
    { words: ["pod", "pod/a"], says: "there is no need to specify a resource type as a separate argument" },
    { words: ["pod/a/b"], says: "may not have more than one slash" },
    { words: ["pod/"], says: "must have a single resource and name" },
  ];
  for (const { words, says } of refused) {
    it(`refuses "${words.join(" ")}"`, () => expect(() => parseResourceArguments(words)).to.throw(says));
  }

  it("takes no whole kind where names are needed", () => {
    expect(() => parseTargets(["pods"])).to.throw("no name was specified");
  });
});
