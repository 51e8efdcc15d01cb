import { expect } from "chai";
import { isNotFound } from "../errors.js";
import { deploymentKind } from "../kinds/deployment/kind.js";
import { eventKind } from "../kinds/event/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import { explain, type FieldExplanation } from "./explain.js";

describe("explain", () => {
  it("describes a kind and its fields, by name, with those that every object has", () => {
    const pod = explain(podKind, [], false);

    expect(pod.description).to.match(/^One or more containers/);
    expect(pod.fields.map(({ name, type }) => `${name} ${type}`)).to.deep.equal([
      "apiVersion string",
      "kind string",
      "metadata ObjectMeta",
      "spec PodSpec",
      "status PodStatus",
    ]);
  });

  const types: readonly (readonly [string, string])[] = [
    ["spec.containers", "[]Container"],
    ["spec.containers.name", "string"],
    ["spec.containers.command", "[]string"],
    ["spec.containers.stdin", "boolean"],
    ["spec.containers.resources.limits", "map[string]Quantity"],
    ["spec.containers.livenessProbe.httpGet.port", "IntOrString"],
    // Kubernetes inlines the handler into the probe.
    ["spec.containers.livenessProbe.exec", "ExecAction"],
    ["spec.nodeSelector", "map[string]string"],
    ["spec.terminationGracePeriodSeconds", "integer"],
    ["metadata.creationTimestamp", "string"],
    ["metadata.ownerReferences.uid", "string"],
    ["apiVersion", "string"],
  ];
  for (const [path, type] of types) {
    it(`gives ${path} the type ${type}`, () => {
      expect(explain(podKind, path.split("."), false).type).to.equal(type);
    });
  }

  it("tells what a field is for, and what its type is for", () => {
    const containers = explain(podKind, ["spec", "containers"], false);

    expect(containers.description).to.equal("The containers; at least one.");
    expect(containers.typeDescription).to.match(/^A program to run in a pod/);
    expect(containers.fields.find(({ name }) => name === "image")?.fields).to.deep.equal([]);
  });

  it("joins the lines of a comment", () => {
    expect(explain(podKind, ["spec", "hostUsers"], false).description).to.contain("True when absent.");
  });

  const requirements: readonly (readonly [Parameters<typeof explain>[0], string, boolean])[] = [
    [podKind, "spec.containers", true],
    [podKind, "spec.containers.name", true],
    [podKind, "spec.containers.image", false],
    [podKind, "spec.containers.livenessProbe.grpc.service", false],
    [podKind, "spec", false],
    [deploymentKind, "spec.selector", true],
    [deploymentKind, "spec.replicas", false],
    [eventKind, "involvedObject", true],
    [eventKind, "reportingComponent", false],
  ];
  for (const [kind, path, required] of requirements) {
    it(`says that ${path} is ${required ? "required" : "optional"}`, () => {
      expect(explain(kind, path.split("."), false).required).to.equal(required);
    });
  }

  it("descends to the scalars when asked", () => {
    const pod = explain(podKind, [], true);
    const at = (fields: readonly FieldExplanation[], name: string) => fields.find((field) => field.name === name)?.fields ?? [];

    expect(at(at(at(pod.fields, "spec"), "containers"), "env").map(({ name }) => name)).to.deep.equal(["name", "value", "valueFrom"]);
  });

  for (const path of [["nosuch"], ["spec", "nosuch"], ["spec", "nodeName", "deeper"], ["apiVersion", "deeper"]]) {
    it(`has no field ${path.join(".")}`, () => {
      expect(() => explain(podKind, path, false))
        .to.throw(`field "${path.at(-1)}" does not exist`)
        .and.satisfy(isNotFound);
    });
  }

  it("says something of every field of a pod", () => {
    const undescribed = (fields: readonly FieldExplanation[], path: string): readonly string[] =>
      fields.flatMap(({ name, description, fields: inner }) => [
        ...(description === "" ? [`${path}.${name}`] : []),
        ...undescribed(inner, `${path}.${name}`),
      ]);

    expect(undescribed(explain(podKind, [], true).fields, "Pod")).to.deep.equal([]);
  });
});
