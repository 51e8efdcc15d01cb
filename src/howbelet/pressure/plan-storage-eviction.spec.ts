import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { limitsStorage, planStorageEviction } from "./plan-storage-eviction.js";

const mebibyte = 2 ** 20;
const limit = (amount: string): string => `resources: { limits: { ephemeral-storage: ${amount} } }`;

interface Case {
  readonly it: string;
  readonly spec: string;
  /** In MiB, by container. */
  readonly written?: Record<string, number>;
  /** In MiB, by volume. */
  readonly volumes?: Record<string, number>;
  readonly message: string | undefined;
}

const bytes = (of: Record<string, number> = {}): [string, number][] =>
  Object.entries(of).map(([name, amount]) => [name, amount * mebibyte]);

describe("planStorageEviction", () => {
  const volume = "volumes: [{ name: data, emptyDir: { sizeLimit: 10Mi } }]";
  const cases: readonly Case[] = [
    {
      it: "leaves a volume alone that is just full",
      spec: `${volume}, containers: [{ name: a }]`,
      volumes: { data: 10 },
      message: undefined,
    },
    {
      it: "ends a pod whose volume holds more than it may",
      spec: `${volume}, containers: [{ name: a }]`,
      volumes: { data: 10.1 },
      message: 'Usage of EmptyDir volume "data" exceeds the limit "10Mi". ',
    },
    {
      it: "leaves volumes in memory to the kernel",
      spec: "volumes: [{ name: data, emptyDir: { medium: Memory, sizeLimit: 1Mi } }], containers: [{ name: a }]",
      volumes: { data: 5 },
      message: undefined,
    },
    {
      it: "ends a pod of which a container has written more than it may",
      spec: `containers: [{ name: a, ${limit("10Mi")} }, { name: b, ${limit("100Mi")} }]`,
      written: { a: 11, b: 1 },
      message: 'Container a exceeded its local ephemeral storage limit "10Mi". ',
    },
    {
      it: "counts volumes against what all containers may write together",
      spec: `volumes: [{ name: data, emptyDir: {} }], containers: [{ name: a, ${limit("10Mi")} }]`,
      written: { a: 5 },
      volumes: { data: 6 },
      message: "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ",
    },
    { it: "does not mind what has no limit", spec: "containers: [{ name: a }]", written: { a: 999 }, message: undefined },
  ];
  for (const { it: does, spec, written, volumes, message } of cases) {
    it(does, () => {
      const containers = bytes(written).map(([name, storageBytes]) => [name, { storageBytes, memoryBytes: 0, pids: 1 }] as const);
      const pod = fromManifest(podKind, `spec: { ${spec} }`);
      const eviction = planStorageEviction({ pod, containers: new Map(containers), emptyDirBytes: new Map(bytes(volumes)) });
      expect(eviction?.failure.message).to.equal(message);
    });
  }
});

describe("limitsStorage", () => {
  const cases = [
    { spec: "containers: [{ name: a }]", is: false },
    { spec: `containers: [{ name: a, ${limit("1Gi")} }]`, is: true },
    { spec: "volumes: [{ name: data, emptyDir: { sizeLimit: 1Gi } }], containers: [{ name: a }]", is: true },
    { spec: "volumes: [{ name: data, emptyDir: { medium: Memory, sizeLimit: 1Gi } }], containers: [{ name: a }]", is: false },
  ];
  for (const { spec, is } of cases) {
    it(`is ${is} of ${spec}`, () => expect(limitsStorage(fromManifest(podKind, `spec: { ${spec} }`))).to.equal(is));
  }
});
