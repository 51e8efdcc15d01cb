import { expect } from "chai";
import { usualConfinement } from "../../../../test/conformance/runtime/configs.js";
import type { Confinement } from "../confinement.js";
import { confinementOptions, type EngineAbilities } from "./confinement-options.js";

const able: EngineAbilities = { hasAppArmor: true, hasSeLinux: true, leastOomScoreAdjustment: -997 };

const optionsOf = (confinement: Partial<Confinement>, abilities: Partial<EngineAbilities> = {}) =>
  confinementOptions({ ...usualConfinement, ...confinement }, "box", { ...able, ...abilities });

const noSeLinux = { user: "", role: "", type: "", level: "" };

describe("confinementOptions", () => {
  it("asks for nothing more than a place in the pod and in the kernel's list", () => {
    expect(optionsOf({})).to.deep.equal({ IpcMode: "container:box", OomScoreAdj: 1000 });
  });

  const cases: readonly { readonly it: string; readonly wish: Partial<Confinement>; readonly options: object }[] = [
    { it: "adds groups", wish: { groups: [1, 2] }, options: { GroupAdd: ["1", "2"] } },
    {
      it: "adds and drops capabilities",
      wish: { capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] } },
      options: { CapAdd: ["NET_ADMIN"], CapDrop: ["ALL"] },
    },
    { it: "gives all rights", wish: { isPrivileged: true }, options: { Privileged: true } },
    { it: "protects the root file system", wish: { hasReadOnlyRoot: true }, options: { ReadonlyRootfs: true } },
    { it: "keeps programs from gaining rights", wish: { mayGainPrivileges: false }, options: { SecurityOpt: ["no-new-privileges"] } },
    { it: "allows all system calls", wish: { seccomp: { type: "unconfined" } }, options: { SecurityOpt: ["seccomp=unconfined"] } },
    { it: "passes a profile on", wish: { seccomp: { type: "profile", json: "{}" } }, options: { SecurityOpt: ["seccomp={}"] } },
    { it: "lifts AppArmor", wish: { appArmor: { type: "unconfined" } }, options: { SecurityOpt: ["apparmor=unconfined"] } },
    {
      it: "takes Docker's AppArmor profile",
      wish: { appArmor: { type: "default" } },
      options: { SecurityOpt: ["apparmor=docker-default"] },
    },
    { it: "takes the machine's profile", wish: { appArmor: { type: "profile", name: "web" } }, options: { SecurityOpt: ["apparmor=web"] } },
    {
      it: "labels for SELinux",
      wish: { seLinux: { ...noSeLinux, type: "web_t", level: "s0" } },
      options: { SecurityOpt: ["label=type:web_t", "label=level:s0"] },
    },
    { it: "shows the pod's processes", wish: { processes: { type: "pod" } }, options: { PidMode: "container:box" } },
    { it: "shows another container's", wish: { processes: { type: "container", id: "main" } }, options: { PidMode: "container:main" } },
    { it: "shows the machine's", wish: { processes: { type: "host" } }, options: { PidMode: "host" } },
    { it: "shares the machine's memory segments", wish: { ipc: "host" }, options: { IpcMode: "host" } },
    { it: "bounds the processes", wish: { maxProcesses: 100 }, options: { PidsLimit: 100 } },
    { it: "spares what is to be spared", wish: { oomScoreAdjustment: -997 }, options: { OomScoreAdj: -997 } },
  ];
  for (const { it: does, wish, options } of cases) {
    it(does, () => {
      expect(optionsOf(wish)).to.deep.equal({ IpcMode: "container:box", OomScoreAdj: 1000, ...options });
    });
  }

  it("spares no more than the engine can", () => {
    expect(optionsOf({ oomScoreAdjustment: -997 }, { leastOomScoreAdjustment: 0 })).to.include({ OomScoreAdj: 0 });
    expect(optionsOf({ oomScoreAdjustment: 3 }, { leastOomScoreAdjustment: undefined })).not.to.have.property("OomScoreAdj");
  });

  it("refuses what the engine would leave out without a word", () => {
    const bare = { hasAppArmor: false, hasSeLinux: false };

    expect(() => optionsOf({ appArmor: { type: "default" } }, bare)).to.throw("AppArmor is not enabled on the host");
    expect(() => optionsOf({ appArmor: { type: "profile", name: "web" } }, bare)).to.throw("AppArmor is not enabled on the host");
    expect(() => optionsOf({ seLinux: { ...noSeLinux, role: "web_r" } }, bare)).to.throw("does not use SELinux");
  });

  it("takes what an engine without it does anyway", () => {
    const bare = { hasAppArmor: false, hasSeLinux: false };

    expect(optionsOf({ appArmor: { type: "unconfined" }, seLinux: noSeLinux }, bare)).not.to.have.property("SecurityOpt");
  });
});
