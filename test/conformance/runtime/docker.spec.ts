import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../../src/base/log.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import { podNetworkChoices } from "../../../src/howbelet/runtime/docker/network/choose-network.js";
import { skipBecause } from "../../skip.js";
import { ensureBusyboxImage } from "./busybox-image.js";
import { whyNoPodNetwork } from "./pod-network-harness.js";
import { statisticsConformance } from "./statistics-suite.js";
import { streamsConformance } from "./streams-suite.js";
import { type RuntimeUnderTest, runtimeConformance } from "./suite.js";

for (const podNetwork of podNetworkChoices) {
  const name = `Docker, pod network ${podNetwork}`;
  const obstacle = await whyNoPodNetwork(podNetwork);
  if (obstacle !== undefined) {
    describe(`the runtime contract, kept by ${name}`, () => {
      it("needs what is missing here", function () {
        skipBecause(this, obstacle);
      });
    });
    continue;
  }
  const open = async (): Promise<RuntimeUnderTest> => {
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
  };
  runtimeConformance(name, open);
  // Nothing of it depends on the network.
  if (podNetwork === "docker") {
    streamsConformance(name, open);
    statisticsConformance(name, open);
  }
}
