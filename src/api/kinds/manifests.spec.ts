import { expect } from "chai";
import { admitted, lines } from "../../../test/builders/from-manifest.js";
import { kindOf } from "./index.js";

/** Manifests as people wrote them who knew of kind, metadata and spec only. */
const manifests: Readonly<Record<string, string>> = {
  Pod: `
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: busybox:1.36
    ports:
    - containerPort: 80
`,
  ReplicaSet: `
kind: ReplicaSet
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      name: web
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: busybox:1.36
        command: [sleep, "3600"]
`,
  Deployment: `
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  strategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      name: web
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: busybox:1.36
        env:
        - { name: GREETING, value: hello }
`,
};

describe("manifests without apiVersion", () => {
  for (const [name, yaml] of Object.entries(manifests)) {
    it(`${name} is accepted`, () => {
      const kind = kindOf(undefined, name);
      if (kind === undefined) throw new Error(`no kind ${name}`);
      expect(lines(kind.validate(admitted(kind, yaml)))).to.deep.equal([]);
    });
  }
});
