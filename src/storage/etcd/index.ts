export { openEtcdStore } from "./open-etcd-store.js";
