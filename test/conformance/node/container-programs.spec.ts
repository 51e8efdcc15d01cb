import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { skipBecause } from "../../skip.js";
import { type ChangedImage, changedImage } from "./changed-image.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("the programs of containers", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;
  let image: ChangedImage;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    ns = await docker.namespace("programs");
    image = await changedImage(docker.image, "howbernetes/test-programs:1", ['ENTRYPOINT ["echo", "image"]', 'CMD ["default"]']);
  });
  after(async () => {
    await docker?.stop();
    await image?.remove();
  });

  const manifest = (name: string, image: string, says: string): string => `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: "${image}", ${says} }]
`;

  const cases = [
    { it: "are the image's when nothing is said", name: "image-defaults", says: "", output: "image default\n" },
    { it: "get other arguments than the image's", name: "own-arguments", says: "args: [own, arguments]", output: "image own arguments\n" },
    { it: "are others than the image's, without its arguments", name: "own-command", says: "command: [echo, other]", output: "other\n" },
    {
      it: "are others than the image's, with other arguments",
      name: "own-both",
      says: "command: [echo, other], args: [own]",
      output: "other own\n",
    },
  ];
  for (const { it: does, name, says, output } of cases) {
    it(does, async () => {
      const run = await docker.outputOf(ns, manifest(name, image.name, says));

      expect(run.output).to.equal(output);
    });
  }

  it("that always fail have a reason, and their pods can be deleted", async () => {
    const { pod } = await docker.outputOf(ns, manifest("failing", docker.image, "command: [/bin/false]"));
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "failing" });

    expect(pod.status.phase).to.equal("Failed");
    expect(pod.status.containerStatuses[0]?.state?.terminated).to.include({ exitCode: 1, reason: "Error" });
  });

  it("that are not there say so", async () => {
    await docker.create(podKind, ns, manifest("missing", docker.image, "command: [/no/such/program]"));
    const { status } = await docker.ended(ns, "missing");

    expect(status.containerStatuses[0]?.state?.terminated?.message).to.contain("/no/such/program");
  });
});
