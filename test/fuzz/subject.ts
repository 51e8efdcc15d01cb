import { expect } from "chai";
import { unpackAny } from "../../src/api/codec/any.js";
import { encodeObject } from "../../src/api/codec/encode.js";
import { decodeWhole } from "../../src/api/codec/whole.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { CreateRequest, type CreateResponse, DeleteRequest, FieldValidation } from "../../src/gen/howbernetes/api/v1/resources.js";
import type { ResourcesInProcess } from "../fakes/resources-in-process.js";
import { type Json, manifests } from "./manifests.js";
import { refusalOf } from "./refusal.js";

/** The namespace that fuzzed objects are in. */
export const namespace = "default";

/** A kind's valid manifest with a name. */
export function manifestOf(kind: Kind, name: string): { readonly [name: string]: Json } {
  const manifest = manifests[kind.kind];
  if (manifest === undefined) throw new Error(`test/fuzz/manifests.ts has no ${kind.kind}`);
  return {
    ...manifest,
    kind: kind.kind,
    metadata: { name, labels: { app: "fuzz" }, annotations: { note: "x" }, ...(kind.namespaced ? { namespace } : {}) },
  };
}

export const typeOf = ({ group, version, plural }: Kind) => ({ group, version, resource: plural });
export const scopeOf = (kind: Kind): string => (kind.namespaced ? namespace : "");

/** Sends a creation as JSON. */
export function createJson(server: ResourcesInProcess, kind: Kind, json: Buffer): Promise<CreateResponse> {
  const request = CreateRequest.fromPartial({
    type: typeOf(kind),
    namespace: scopeOf(kind),
    body: { body: { $case: "json", value: json } },
    fieldValidation: FieldValidation.STRICT,
  });
  return server.service.create(request, server.call());
}

/** What must hold of a creation, whatever was sent: refused and nothing stored, or stored whole and valid. */
export async function expectRefusedOrSound(
  server: ResourcesInProcess,
  kind: Kind,
  create: () => Promise<CreateResponse>,
): Promise<boolean> {
  const before = await server.store.currentRevision();
  let response: CreateResponse | undefined;
  const refusal = await refusalOf(async () => {
    response = await create();
  });
  if (refusal !== undefined || response === undefined) {
    expect(await server.store.currentRevision(), `stored nothing (${refusal?.message})`).to.equal(before);
    return false;
  }
  expectSound(kind, response.object);
  await remove(server, kind, response.object);
  return true;
}

/** An object that was taken in is one that would be taken in again: valid, and with no default left to fill in. */
export function expectSound(kind: Kind, any: CreateResponse["object"]): void {
  const object = unpackAny(kind, any);
  expect(kind.validate(object), "an accepted object's faults").to.deep.equal([]);
  const again = decodeWhole(kind, encodeObject(kind, object));
  kind.applyDefaults(again);
  expect(encodeObject(kind, again).equals(encodeObject(kind, object)), "defaults filled in once are filled in").to.equal(true);
}

async function remove(server: ResourcesInProcess, kind: Kind, any: CreateResponse["object"]): Promise<void> {
  const { metadata } = unpackAny(kind, any);
  const { name } = metadata;
  const key = { type: typeOf(kind), namespace: metadata.namespace, name };
  await server.service.delete(
    DeleteRequest.fromPartial({ ...key, options: { gracePeriodSeconds: 0, propagationPolicy: "Background" } }),
    server.call(),
  );
}
