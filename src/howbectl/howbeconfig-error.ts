import { HowbeconfigError } from "../client/howbeconfig.js";

/** Whether an error is about the howbeconfig: absent, malformed, or without what was asked of it. */
export const isHowbeconfigError = (error: unknown): error is HowbeconfigError => error instanceof HowbeconfigError;
