export { openEmbeddedStore } from "./open-embedded-store.js";
