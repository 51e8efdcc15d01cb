/** The name in every api-server's certificate: clients pin the cluster's CA and this name, and so may dial any address. */
export const serverTlsName = "howbernetes-apiserver";

/** Half-open peers are found within 30 s. Node's TCP would notice after many minutes, or never. */
export const keepaliveTimeMs = 20_000;
export const keepaliveTimeoutMs = 10_000;

/** A unary call without a deadline of its own ends after this long. */
export const defaultTimeoutMs = 30_000;

/** Objects are at most 1 MiB, encoded twice over as JSON at worst; a request of this size is refused before it is buffered. */
export const maxRequestBytes = 8 * 1024 * 1024;
