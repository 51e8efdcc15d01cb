import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { abortError } from "../../base/abort.js";

/** A request that a node makes of a container. */
export interface HttpTarget {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface HttpActionOptions {
  /** Redirections on the same host that are followed; one more is the answer. */
  readonly maxRedirects: number;
  /** What of the answer's body is kept; with 0 it is not waited for. */
  readonly maxBodyBytes: number;
}

export interface HttpResult {
  readonly statusCode: number;
  readonly body: string;
}

/** Asked of a container by a node, of which it knows no more than that. */
const userAgent = "kube-probe/howbernetes";

/**
 * Makes a GET request, on a connection of its own; certificates are not verified, for a node has no means to.
 * @throws Error in the words of the network; an abort error
 */
export async function httpAction(target: HttpTarget, options: HttpActionOptions, signal: AbortSignal): Promise<HttpResult> {
  let url = urlOf(target);
  for (let redirects = 0; ; redirects += 1) {
    const { statusCode, location, body } = await get(url, target, { ...options, signal });
    const next = location === undefined ? undefined : redirection(url, statusCode, location);
    if (next === undefined || next.hostname !== url.hostname || options.maxRedirects === 0) return { statusCode, body };
    if (redirects === options.maxRedirects) throw new Error(`stopped after ${options.maxRedirects} redirects`);
    url = next;
  }
}

/** IPv6 addresses stand in brackets in a URL. Made as one text: a path such as "//a" taken by itself would name another host. */
function urlOf({ scheme, host, port, path }: HttpTarget): URL {
  const authority = host.includes(":") ? `[${host}]` : host;
  return new URL(`${scheme}://${authority}:${port}${path.startsWith("/") ? "" : "/"}${path}`);
}

function redirection(from: URL, statusCode: number, location: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
}

interface Answer extends HttpResult {
  readonly location: string | undefined;
}

function get(url: URL, { headers }: HttpTarget, options: HttpActionOptions & { readonly signal: AbortSignal }): Promise<Answer> {
  const { signal, maxBodyBytes } = options;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const requestOptions: RequestOptions & { readonly rejectUnauthorized: boolean } = {
    host,
    port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: headersOf(headers, url.host),
    agent: false,
    rejectUnauthorized: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(signal.aborted ? abortError(signal) : error);
    const answered = (response: IncomingMessage): void => {
      const { statusCode = 0, headers: answer } = response;
      readBody(response, maxBodyBytes, (body) => {
        request.destroy();
        resolve({ statusCode, body, location: answer.location });
      });
      response.on("error", failed);
    };
    const request = url.protocol === "https:" ? httpsRequest(requestOptions, answered) : httpRequest(requestOptions, answered);
    request.on("error", failed);
    request.end();
  });
}

/** Several of one name are all sent; an empty one takes a default away. */
function headersOf(named: HttpTarget["headers"], host: string): Record<string, string | string[]> {
  const headers: Record<string, string[]> = {};
  for (const { name, value } of named) headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
  const { host: [hostHeader = host] = [], ...others } = headers;
  const defaults = { "user-agent": [userAgent], accept: ["*/*"] };
  const all = Object.entries({ ...defaults, ...others }).filter(([, values]) => values.some((value) => value !== ""));
  return { ...Object.fromEntries(all), host: hostHeader, connection: "close" };
}

/** Tells the beginning of a body as soon as that is complete: the rest is nobody's concern, and may never end. */
function readBody(response: IncomingMessage, maxBytes: number, done: (body: string) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  const finish = (): void => done(Buffer.concat(pieces).subarray(0, maxBytes).toString());
  if (maxBytes === 0) {
    finish();
    return;
  }
  response.on("data", (data: Buffer) => {
    pieces.push(data);
    size += data.length;
    if (size >= maxBytes) finish();
  });
  response.on("end", finish);
}
