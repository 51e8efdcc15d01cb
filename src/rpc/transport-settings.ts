/** The name in every api-server's certificate: clients pin the cluster's CA and this name, and so may dial any address. */
export const serverTlsName = "howbernetes-apiserver";

/** Half-open peers are found within 30 s. Node's TCP would notice after many minutes, or never. */
export const keepaliveTimeMs = 20_000;
export const keepaliveTimeoutMs = 10_000;
