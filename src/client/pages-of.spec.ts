import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { expired } from "../api/errors.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { ObjectPage, PageCallOptions } from "./contracts.js";
import { pagesOf } from "./pages-of.js";

const page = (name: string, continueToken: string, resourceVersion = "9"): ObjectPage<Pod> => ({
  items: [pod({ name })],
  resourceVersion,
  continueToken,
  remainingItemCount: undefined,
});

describe("pagesOf", () => {
  let asked: PageCallOptions[];
  /** Answers by token. */
  const server = (answers: Readonly<Record<string, () => ObjectPage<Pod>>>) => ({
    page: async (options: PageCallOptions = {}) => {
      asked.push(options);
      const answer = answers[options.continueToken ?? ""];
      if (answer === undefined) throw new Error(`unscripted token ${options.continueToken}`);
      return answer();
    },
  });
  const namesOf = async (pages: AsyncIterable<ObjectPage<Pod>>): Promise<string[]> => {
    const names: string[] = [];
    for await (const { items } of pages) names.push(...items.map(({ metadata }) => metadata.name));
    return names;
  };

  beforeEach(() => {
    asked = [];
  });

  it("asks for one page after the other, and only when it is wanted", async () => {
    const pages = pagesOf(server({ "": () => page("a", "two"), two: () => page("b", "") }), { pageSize: 1, namespace: "default" });
    await pages.next();
    expect(asked).to.have.length(1);

    expect(await namesOf(pages)).to.deep.equal(["b"]);
    expect(asked).to.deep.equal([
      { pageSize: 1, namespace: "default", continueToken: "" },
      { pageSize: 1, namespace: "default", continueToken: "two" },
    ]);
  });

  it("goes on with the rest as it is now when the pages' revision is gone", async () => {
    const gone = (): never => {
      throw expired("too old", "rest");
    };
    const pages = pagesOf(server({ "": () => page("a", "two"), two: gone, rest: () => page("c", "", "20") }));

    expect(await namesOf(pages)).to.deep.equal(["a", "c"]);
  });

  it("throws what the first page throws, and an expiry from which there is no way on", async () => {
    const gone = (): never => {
      throw expired();
    };
    const first = await namesOf(pagesOf(server({ "": gone }))).catch((error: unknown) => error);
    const second = await namesOf(pagesOf(server({ "": () => page("a", "two"), two: gone }))).catch((error: unknown) => error);

    expect([first, second].map((error) => error instanceof Error)).to.deep.equal([true, true]);
  });
});
