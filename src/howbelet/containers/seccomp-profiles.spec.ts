import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isMisconfigured } from "../runtime/errors.js";
import { SeccompProfiles } from "./seccomp-profiles.js";

describe("SeccompProfiles", () => {
  let directory: string;
  let profiles: SeccompProfiles;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "howbelet-"));
    await mkdir(join(directory, "seccomp", "team"), { recursive: true });
    await writeFile(join(directory, "seccomp", "team", "web.json"), '{"defaultAction":"SCMP_ACT_ALLOW"}');
    await writeFile(join(directory, "seccomp", "broken.json"), "{");
    await writeFile(join(directory, "secret.json"), "{}");
    profiles = new SeccompProfiles(join(directory, "seccomp"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("reads a profile of the folder", async () => {
    expect(await profiles.read("team/web.json")).to.equal('{"defaultAction":"SCMP_ACT_ALLOW"}');
  });

  const refused = [
    { name: "absent.json", because: "no such file" },
    { name: "broken.json", because: "JSON" },
    { name: "../secret.json", because: "outside" },
    { name: "team/../../secret.json", because: "outside" },
    { name: "", because: "outside" },
  ];
  for (const { name, because } of refused) {
    it(`refuses "${name}"`, async () => {
      const failure = await profiles.read(name).catch((error: unknown) => error);

      expect(failure).to.satisfy(isMisconfigured).and.have.property("message").that.contains(`"${name}"`).and.contains(because);
    });
  }
});
