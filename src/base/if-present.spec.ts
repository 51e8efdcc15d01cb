import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ifPresent } from "./if-present.js";

describe("ifPresent", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "howbernetes-base-"));
    await writeFile(join(folder, "file"), "");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("gives what is there, and undefined for what is not", async () => {
    expect((await ifPresent(stat(join(folder, "file"))))?.isFile()).to.equal(true);
    for (const path of ["nothing", "nothing/at/all", "file/below"]) expect(await ifPresent(stat(join(folder, path)))).to.equal(undefined);
  });

  it("rejects where it cannot be known", async () => {
    const refusal = await ifPresent(stat(join(folder, "x".repeat(300)))).catch((error: unknown) => error);
    expect(refusal).to.have.property("code", "ENAMETOOLONG");
  });
});
