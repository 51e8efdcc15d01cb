import { expect } from "chai";
import { admitted, fromManifest } from "../../../../test/builders/from-manifest.js";
import { serviceAccount } from "../../../../test/builders/index.js";
import { serviceAccountKind } from "./kind.js";

describe("ServiceAccount", () => {
  const manifest = "{ secrets: [{ kind: Secret, namespace: other, name: token }], imagePullSecrets: [{ name: registry }] }";

  it("keeps of references to its secrets the names alone", () => {
    const updated = fromManifest(serviceAccountKind, manifest);
    serviceAccountKind.prepareForUpdate(updated, serviceAccount());
    for (const { secrets, imagePullSecrets } of [admitted(serviceAccountKind, manifest), updated]) {
      expect(secrets.map(({ kind, namespace, name }) => [kind, namespace, name])).to.deep.equal([[undefined, undefined, "token"]]);
      expect(imagePullSecrets).to.deep.equal([{ name: "registry" }]);
    }
  });

  it("shows name and age", () => {
    const { columns } = serviceAccountKind;
    expect(columns.map(({ name, cell }) => `${name}=${cell(serviceAccount({ createdMs: 1_000 }), 61_000)}`)).to.deep.equal([
      "NAME=default",
      "AGE=60s",
    ]);
  });
});
