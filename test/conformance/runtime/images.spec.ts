import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import type { HollowPull, HollowPullRequest } from "../../../src/howbelet/runtime/hollow/hollow-images.js";
import { HollowRuntime } from "../../../src/howbelet/runtime/hollow/hollow-runtime.js";
import { skipBecause } from "../../skip.js";
import { ImageRegistry, registryAccount, whyNoRegistry } from "../node/image-registry.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";
import { imagesConformance } from "./images-suite.js";

const image = "howbernetes/busybox:1.36";
const missingImage = "127.0.0.1:1/missing:1";

const guardedImage = "registry.example.com/guarded:1";
const credentials = { server: "registry.example.com", ...registryAccount };

function pull({ image: wanted, credentials: account }: HollowPullRequest): HollowPull {
  if (wanted === missingImage) return { failure: `manifest for ${missingImage} not found` };
  if (wanted === guardedImage && account?.password !== credentials.password) return { failure: "unauthorized" };
  return { delayMs: wanted === guardedImage ? 0 : 100 };
}

imagesConformance("the hollow runtime", async () => ({
  runtime: new HollowRuntime({ clock: systemClock, images: new Set([image]), pull }),
  image,
  missingImage,
  slowImage: "slow:1",
  guardedImage,
  credentials,
  cleanUp: async () => undefined,
}));

const obstacle = (await whyNoDocker()) ?? whyNoRegistry();

if (obstacle !== undefined) {
  describe("the contract of image stores, kept by Docker", () => {
    it("needs what is missing here", function () {
      skipBecause(this, obstacle);
    });
  });
} else {
  describe("with a registry at hand,", () => {
    let registry: ImageRegistry | undefined;
    after(() => registry?.stop());
    imagesConformance("Docker", async () => {
      const directory = await mkdtemp(join(tmpdir(), "howbelet-"));
      registry = await ImageRegistry.start();
      await registry.pushLarge(await ensureBusyboxImage(), "large:1", 3 * 2 ** 20);
      await registry.pushLarge(await ensureBusyboxImage(), "guarded:1", 1_000);
      return {
        runtime: createDockerRuntime({ podNetwork: "docker", directory, log: createLog("test", "silent") }),
        image,
        missingImage,
        slowImage: `${registry.slow}/large:1`,
        guardedImage: `${registry.guarded}/guarded:1`,
        credentials: { server: registry.guarded, ...registryAccount },
        cleanUp: async (scopes) => {
          for (const { clusterUid } of scopes) await removeCluster(clusterUid);
          await rm(directory, { recursive: true, force: true });
        },
      };
    });
  });
}
