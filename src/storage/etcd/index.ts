export type { EtcdTls } from "./endpoints.js";
export { type EtcdStoreOptions, openEtcdStore } from "./open-etcd-store.js";
