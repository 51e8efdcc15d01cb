export interface HostPort {
  /** Name or address, without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

/** Reads "host:port", "[::1]:port". Throws an Error that says what is wrong with the text. */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) throw new Error(`"${text}" is not an address: expected HOST:PORT`);
  return { host, port };
}

/** Writes what `parseHostPort` reads. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
