import type { MethodDefinition } from "../../src/rpc/contracts.js";

function method(name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<string, string> {
  const encode = (text: string): Buffer => Buffer.from(text);
  const decode = (bytes: Buffer): string => {
    if (bytes.includes(0xff)) throw new Error("not text");
    return bytes.toString();
  };
  return {
    path: `/test.v1.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  };
}

/** A service of every shape of call, with text for messages. A byte 0xff is not text. */
export const echoService = {
  once: { ...method("Once", false, false), requestStream: false as const, responseStream: false as const },
  stream: { ...method("Stream", false, true), requestStream: false as const, responseStream: true as const },
  both: { ...method("Both", true, true), requestStream: true as const, responseStream: true as const },
};
