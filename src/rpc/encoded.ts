import type { ServiceDefinition } from "./contracts.js";

/** A service whose named methods answer with messages that are encoded already. */
export type EncodedResponses<D extends ServiceDefinition, Name extends keyof D> = {
  readonly [Each in keyof D]: Each extends Name
    ? Omit<D[Each], "responseSerialize" | "responseDeserialize"> & {
        readonly responseSerialize: (value: Buffer) => Buffer;
        readonly responseDeserialize: (bytes: Buffer) => Buffer;
      }
    : D[Each];
};

const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * The same service, with handlers of the named methods yielding Buffers: one Buffer, encoded once, then goes to any
 * number of callers.
 */
export function withEncodedResponses<D extends ServiceDefinition, Name extends keyof D & string>(
  definition: D,
  ...names: readonly Name[]
): EncodedResponses<D, Name> {
  const encoded = names.map((name) => [name, { ...definition[name], responseSerialize: asIs, responseDeserialize: asIs }] as const);
  // Only the named methods differ, and by exactly what the type says; TypeScript cannot follow fromEntries there.
  return { ...definition, ...Object.fromEntries(encoded) } as unknown as EncodedResponses<D, Name>;
}
