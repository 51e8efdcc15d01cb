import { expect } from "chai";
import { conflict, isConflict, methodNotAllowed, unavailable } from "../api/errors.js";
import { BindRequest } from "../gen/howbernetes/api/v1/pods.js";
import { encodeErrorDetails } from "../rpc/error-details.js";
import { BindingBatches, type BindingCalls } from "./binding-batches.js";

const options = { signal: undefined, timeoutMs: 1_000 };
const named = (name: string): BindRequest => BindRequest.fromPartial({ binding: { metadata: { name } } });
const nameOf = ({ binding }: BindRequest): string => binding?.metadata?.name ?? "";

describe("BindingBatches", () => {
  let calls: string[][];
  let answer: BindingCalls["bindMany"];
  let batches: BindingBatches;

  beforeEach(() => {
    calls = [];
    answer = async ({ bindings }) => ({
      results: bindings.map((each) => ({ resourceVersion: `of ${nameOf(each)}`, error: Buffer.alloc(0) })),
    });
    batches = new BindingBatches(() => ({
      bind: async (request) => {
        calls.push([nameOf(request)]);
        return { resourceVersion: "of one" };
      },
      bindMany: async (request, callOptions) => {
        calls.push(request.bindings.map(nameOf));
        return await answer(request, callOptions);
      },
    }));
  });

  const bind = (name: string) => batches.bind(named(name), options);
  /** What came of it, or what it was refused with. */
  const settled = (name: string): Promise<unknown> => bind(name).catch((error: unknown) => error);
  const namesOf = (count: number): string[] => Array.from({ length: count }, (_none, index) => `p${index}`);

  it("sends what was asked for in one turn together, and gives each its own answer", async () => {
    const answers = await Promise.all(["a", "b", "c"].map(bind));

    expect(calls).to.deep.equal([["a", "b", "c"]]);
    expect(answers).to.deep.equal([{ resourceVersion: "of a" }, { resourceVersion: "of b" }, { resourceVersion: "of c" }]);
  });

  it("sends one that is alone by itself", async () => {
    expect(await bind("a")).to.deep.equal({ resourceVersion: "of one" });
    expect(calls).to.deep.equal([["a"]]);
  });

  it("sends no more than sixteen in one call", async () => {
    await Promise.all(namesOf(40).map(bind));
    expect(calls.map(({ length }) => length)).to.deep.equal([16, 16, 8]);
  });

  it("refuses those that were refused", async () => {
    const error = encodeErrorDetails(conflict({ group: "", kind: "pods", name: "b" }));
    answer = async () => ({
      results: [
        { resourceVersion: "1", error: Buffer.alloc(0) },
        { resourceVersion: "", error },
      ],
    });

    const [a, b] = await Promise.all(["a", "b"].map(settled));

    expect(a).to.deep.equal({ resourceVersion: "1" });
    expect(isConflict(b)).to.equal(true);
  });

  it("lets all of a call fail with it", async () => {
    const lost = unavailable("the connection was lost");
    answer = () => Promise.reject(lost);
    expect(await Promise.all(["a", "b"].map(settled))).to.deep.equal([lost, lost]);
  });

  it("sends each by itself to a server of an earlier version", async () => {
    answer = () => Promise.reject(methodNotAllowed("Unimplemented"));
    expect(await Promise.all(["a", "b"].map(bind))).to.deep.equal([{ resourceVersion: "of one" }, { resourceVersion: "of one" }]);
    expect(calls).to.deep.equal([["a", "b"], ["a"], ["b"]]);
  });

  it("takes an answer that is missing for none", async () => {
    answer = async () => ({ results: [{ resourceVersion: "1", error: Buffer.alloc(0) }] });
    const [, missing] = await Promise.all(["a", "b"].map(settled));
    expect(missing).to.have.property("message", "the server did not say what became of a binding");
  });

  it("does not send what was given up before", async () => {
    const stop = new AbortController();
    const given = batches.bind(named("a"), { ...options, signal: stop.signal }).catch((error: unknown) => error);
    const others = ["b", "c"].map(bind);
    stop.abort();

    await Promise.all(others);

    expect(await given).to.have.property("name", "AbortError");
    expect(calls).to.deep.equal([["b", "c"]]);
  });

  it("asks anew for what comes later", async () => {
    await Promise.all(["a", "b"].map(bind));
    await Promise.all(["c", "d"].map(bind));
    expect(calls).to.deep.equal([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});
