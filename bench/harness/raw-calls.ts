import { Client, type ClientReadableStream, credentials } from "@grpc/grpc-js";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";

/** Connects to a server, ours or a peer, in the same way: TLS, a window as our own clients have, and no limit on answers. */
export function connect(address: string, { ca, key, cert }: TlsMaterial): Client {
  return new Client(address, credentials.createSsl(Buffer.from(ca), Buffer.from(key), Buffer.from(cert)), {
    "grpc.ssl_target_name_override": "howbernetes-apiserver",
    "grpc.use_local_subchannel_pool": 1,
    "grpc-node.flow_control_window": 2 * 1024 * 1024,
    "grpc.max_receive_message_length": -1,
  });
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** A call of one answer, whose bytes nobody decodes: what the servers do is measured, not what clients make of it. */
export function rawCall(client: Client, path: string, request: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), (error, answer) => {
      if (error === null && answer !== undefined) resolve(answer);
      else reject(error ?? new Error(`${path}: no answer`));
    });
  });
}

/** A stream of answers, handed to `onMessage` as they come. Ends when canceled; any other end is an error. */
export class RawStream {
  /** Rejects when the stream breaks. */
  readonly broken: Promise<never>;
  private readonly stream: ClientReadableStream<Buffer>;

  constructor(client: Client, path: string, request: Uint8Array, onMessage: (message: Buffer) => void) {
    this.stream = client.makeServerStreamRequest(path, asIs, asIs, Buffer.from(request));
    this.stream.on("data", onMessage);
    let isCanceled = false;
    this.cancel = () => {
      isCanceled = true;
      this.stream.cancel();
    };
    this.broken = new Promise((_resolve, reject) => {
      this.stream.on("error", (error: Error) => {
        if (!isCanceled) reject(error);
      });
      this.stream.on("end", () => {
        if (!isCanceled) reject(new Error(`${path}: the server ended the stream`));
      });
    });
    this.broken.catch((_reportedToWhoeverWaits: unknown) => undefined);
  }

  readonly cancel: () => void;
}
