/** Re-exported for those who may use the client but not what it is made of. */
export { isConnectionRefused, isUntrustedServer } from "../rpc/errors.js";
