import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { loadSchedulerConfiguration } from "./scheduler-config.js";
import { StartupError } from "./startup-error.js";

describe("loadSchedulerConfiguration", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "howbernetes-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (text: string): string => {
    const path = join(folder, "scheduler.yaml");
    writeFileSync(path, text);
    return path;
  };
  const head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

  it("reads a file, and says nothing without one", async () => {
    const configuration = await loadSchedulerConfiguration(file(`${head}profiles: [{ schedulerName: mine }]`));
    expect(configuration?.profiles.map(({ schedulerName }) => schedulerName)).to.deep.equal(["mine"]);
    expect(await loadSchedulerConfiguration(undefined)).to.equal(undefined);
  });

  it("says all that is wrong with a file, or that it is not there", async () => {
    const path = file(`${head}parallelism: 8\nnosuch: 1`);
    const wrong = await loadSchedulerConfiguration(path).catch((error: unknown) => error);
    expect(wrong).to.be.instanceOf(StartupError);
    expect(String(wrong)).to.equal(
      `StartupError: --scheduler-config ${path}:\n  parallelism: Forbidden: decisions are made one at a time here\n  nosuch: unknown field`,
    );
    const absent = await loadSchedulerConfiguration(join(folder, "absent")).catch((error: unknown) => error);
    expect(String(absent)).to.match(/^StartupError: --scheduler-config \S+absent:\n {2}ENOENT: no such file or directory/);
  });
});
