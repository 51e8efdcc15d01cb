const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  EADDRNOTAVAIL: "connect: cannot assign requested address",
  ETIMEDOUT: "connect: connection timed out",
};

/** Why a connection to an address could not be made, or was lost, in the words that people search for. */
export function networkErrorText(error: unknown, host: string, port: number): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string") {
    const sentence = sentences[code];
    if (sentence !== undefined) return `dial tcp ${hostPort(host, port)}: ${sentence}`;
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `dial tcp: lookup ${host}: no such host`;
    if (code === "ECONNRESET") return "EOF: connection reset by peer";
  }
  return error instanceof Error ? error.message : String(error);
}

/** An address and a port as one, also for IPv6. */
export function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
