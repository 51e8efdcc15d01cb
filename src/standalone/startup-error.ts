/** Why a command cannot do its work, in one line for whoever typed it: not a fault of the program. */
export class StartupError extends Error {
  override readonly name = "StartupError";
}
