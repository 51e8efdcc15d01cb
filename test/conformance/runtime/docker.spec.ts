import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import { skipBecause } from "../../skip.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";
import { runtimeConformance } from "./suite.js";

const obstacle = await whyNoDocker();

if (obstacle === undefined) {
  runtimeConformance("Docker", async () => ({
    runtime: createDockerRuntime(),
    image: await ensureBusyboxImage(),
    missingImage: "howbernetes/missing:1",
    cleanUp: async (scopes) => {
      for (const { clusterUid } of scopes) await removeCluster(clusterUid);
    },
  }));
} else {
  describe("the runtime contract, kept by Docker", () => {
    it("needs a Docker Engine", function () {
      skipBecause(this, obstacle);
    });
  });
}
