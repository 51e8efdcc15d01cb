import type { DnsConfig } from "../../interface.js";

/** A resolver's settings, as in /etc/resolv.conf. */
export type DnsSettings = Omit<DnsConfig, "extendsMachine">;

/** Reads the text of a resolv.conf; what it does not know it leaves out. */
export function parseResolvConf(text: string): DnsSettings {
  const lines = text.split("\n").map((line) =>
    line
      .replace(/[#;].*$/, "")
      .trim()
      .split(/\s+/),
  );
  const valuesOf = (keyword: string): string[][] => lines.filter(([first]) => first === keyword).map(([, ...values]) => values);
  return {
    servers: valuesOf("nameserver").flatMap(([server]) => (server === undefined ? [] : [server])),
    // The last line counts, and "domain" is the older word for a list of one.
    searches: valuesOf("search").at(-1) ?? valuesOf("domain").at(-1) ?? [],
    options: valuesOf("options").flat(),
  };
}

/** The text of a resolv.conf. */
export function formatResolvConf({ servers, searches, options }: DnsSettings): string {
  const lines = [
    ...servers.map((server) => `nameserver ${server}`),
    ...(searches.length === 0 ? [] : [`search ${searches.join(" ")}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(" ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Settings without the name servers that only the machine itself can reach. */
export function withoutLoopback(settings: DnsSettings): DnsSettings {
  const isLoopback = (server: string): boolean => server.startsWith("127.") || server === "::1";
  return { ...settings, servers: settings.servers.filter((server) => !isLoopback(server)) };
}
