import { spawnSync } from "node:child_process";
import { expect } from "chai";

const check = (directory: string) => spawnSync(process.execPath, ["scripts/layers.mjs", directory], { encoding: "utf8" });

describe("the layer check", () => {
  it("reports what is planted: an upward import, also of a type alone, and a fenced third party", () => {
    const { status, stderr } = check("test/layers/planted");

    expect(status).to.equal(1);
    expect(stderr).to.include("layer-api: src/api/reaches-up.ts → src/rpc/thing.ts");
    expect(stderr).to.include("layer-howbectl: src/howbectl/reaches-docker.ts → src/rpc/thing.ts");
    expect(stderr).to.match(/fence-dockerode: src\/howbectl\/reaches-docker\.ts → .*dockerode/);
  });
});
