/** One line to the person who watches. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Ends the command with a reason and what to do about it. */
export class SetupError extends Error {}

/** Runs a script's main function; an expected error prints its text alone. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
