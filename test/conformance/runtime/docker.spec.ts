import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../../src/base/log.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import { podNetworkChoices } from "../../../src/howbelet/runtime/docker/network/choose-network.js";
import { skipBecause } from "../../skip.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";
import { runtimeConformance } from "./suite.js";

const obstacle = await whyNoDocker();

if (obstacle === undefined) {
  for (const podNetwork of podNetworkChoices)
    runtimeConformance(`Docker, pod network ${podNetwork}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), "howbelet-"));
      return {
        runtime: createDockerRuntime({ podNetwork, directory, log: createLog("test", "silent") }),
        image: await ensureBusyboxImage(),
        missingImage: "howbernetes/missing:1",
        cleanUp: async (scopes) => {
          for (const { clusterUid } of scopes) await removeCluster(clusterUid);
          await rm(directory, { recursive: true });
        },
      };
    });
} else {
  describe("the runtime contract, kept by Docker", () => {
    it("needs a Docker Engine", function () {
      skipBecause(this, obstacle);
    });
  });
}
