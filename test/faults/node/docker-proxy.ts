import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What is done to a request instead of passing it on. */
export type Mischief =
  | { readonly status: number; readonly message: string }
  /** Never answered. */
  | "hang"
  /** Passed on, and its answer lost. */
  | "lose";

interface Rule {
  readonly method: string;
  readonly path: RegExp;
  readonly mischief: Mischief;
  left: number;
}

const engineSocket = "/var/run/docker.sock";

/** A Docker Engine that misbehaves: stands between an agent and the real one, on a socket of its own. */
export class DockerProxy {
  private readonly rules: Rule[] = [];
  private readonly sockets = new Set<Socket>();
  /** Requests that met a rule, as "POST /containers/create". */
  readonly harmed: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly host: string,
  ) {}

  static async start(socketPath: string): Promise<DockerProxy> {
    const server = createServer();
    const proxy = new DockerProxy(server, `unix://${socketPath}`);
    server.on("request", (incoming, response) => proxy.handle(incoming, response));
    server.on("upgrade", (incoming, socket, head) => proxy.upgrade(incoming, socket as Socket, head));
    server.on("connection", (socket) => {
      proxy.sockets.add(socket);
      socket.once("close", () => proxy.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    return proxy;
  }

  /** Does harm to the next so many requests of that kind. */
  harm(method: string, path: RegExp, mischief: Mischief, times = 1): void {
    this.rules.push({ method, path, mischief, left: times });
  }

  /** From here on it is an engine like any other. */
  heal(): void {
    this.rules.length = 0;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private handle(incoming: IncomingMessage, response: ServerResponse): void {
    const mischief = this.mischiefFor(incoming);
    if (mischief === "hang") return;
    if (mischief !== undefined && mischief !== "lose") {
      incoming.resume();
      response.writeHead(mischief.status, { "Content-Type": "application/json" }).end(JSON.stringify({ message: mischief.message }));
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request({ socketPath: engineSocket, method, path: url, headers }, (answer) => {
      if (mischief === "lose") {
        answer.resume().once("end", () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      response.once("close", () => answer.destroy());
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  }

  private upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    const { method, url, headers } = incoming;
    const onward = request({ socketPath: engineSocket, method, path: url, headers });
    onward.on("upgrade", (answer, engine) => {
      const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
      for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${String(value)}`);
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      engine.pipe(socket).on("error", () => engine.destroy());
      socket.pipe(engine).on("error", () => socket.destroy());
    });
    onward.on("response", (answer) => {
      const body: Buffer[] = [];
      answer.on("data", (piece: Buffer) => body.push(piece));
      answer.on("end", () => {
        const text = Buffer.concat(body);
        socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nContent-Length: ${text.length}\r\n\r\n${text.toString()}`);
      });
    });
    onward.on("error", () => socket.destroy());
    incoming.pipe(onward);
    if (head.length > 0) onward.write(head);
  }

  private mischiefFor({ method = "", url = "" }: IncomingMessage): Mischief | undefined {
    const path = url.replace(/^\/v[\d.]+/, "").replace(/\?.*$/, "");
    const rule = this.rules.find((each) => each.left > 0 && each.method === method && each.path.test(path));
    if (rule === undefined) return undefined;
    rule.left -= 1;
    this.harmed.push(`${method} ${path}`);
    return rule.mischief;
  }
}
