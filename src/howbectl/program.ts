import { Command, CommanderError } from "commander";
import type { CliEnv, GlobalFlags } from "./cli-env.js";
import { type CommandEntry, commandEntries } from "./commands/index.js";
import { normalizeFlags } from "./flags/normalize-flags.js";
import { inlineOutputFiles } from "./flags/output-files.js";
import { parseDurationMs } from "./flags/parse-flag.js";
import { insteadOf, isMissingVerb } from "./missing-verbs.js";
import { UsageError } from "./usage-error.js";

const valueFlags = ["--howbeconfig", "--context", "-s", "--server", "-n", "--namespace", "--request-timeout"];

/** What the program is given: an environment for the global flags, once these are known. */
export type MakeEnv = (flags: () => GlobalFlags) => CliEnv;

/**
 * Runs what the words ask for. Only the named command's modules are loaded.
 *
 * @param words the command line without node and script
 * @throws UsageError on words that mean nothing, and whatever the command throws
 */
export async function runProgram(words: readonly string[], makeEnv: MakeEnv): Promise<void> {
  const program = new Command("howbectl");
  const env = makeEnv(() => program.opts<GlobalFlags>());
  program
    .description("howbectl controls a howbernetes cluster.")
    .usage("COMMAND [options]")
    .option("-n, --namespace <name>", "namespace to work in")
    .option("-s, --server <host:port>", "address of the api-server, instead of the context's")
    .option("--context <name>", "context of the howbeconfig to use")
    .option("--howbeconfig <path>", "howbeconfig to use, instead of $HOWBECONFIG or ~/.howbe/config")
    .option(
      "--request-timeout <duration>",
      "how long one request may take and, while the server cannot be reached, be tried again, as 5s",
      parseDurationMs,
    )
    .helpCommand("help [command]", "help about any command")
    .showSuggestionAfterError(true);

  const wanted = namedCommand(words);
  for (const entry of commandEntries) {
    const command = entry.name === wanted ? await loaded(entry, env) : new Command(entry.name);
    program.addCommand(command.summary(entry.summary).description(entry.summary).helpGroup(entry.group));
  }
  prepare(program, program, env);
  const chosen = program.commands.find((command) => command.name() === wanted);
  const options = chosen === undefined ? program.options : [...program.options, ...allOptions(chosen)];
  await parse(program, await inlineOutputFiles(normalizeFlags(words, options), env.files));
}

async function loaded(entry: CommandEntry, env: CliEnv): Promise<Command> {
  return (await entry.load())(env);
}

/** The command that the words name: the first word that is no global flag nor a global flag's value. */
function namedCommand(words: readonly string[]): string | undefined {
  return commandWords(words)[0];
}

function commandWords(words: readonly string[]): readonly string[] {
  const rest = words.filter((word, index) => !word.startsWith("-") && !valueFlags.includes(words[index - 1] ?? ""));
  return rest[0] === "help" ? rest.slice(1) : rest;
}

/** The commands that the words name, from the program to the innermost, as far as they are known. */
function namedCommands(program: Command, words: readonly string[]): readonly Command[] {
  const path = [program];
  for (const word of commandWords(words)) {
    const inner = path.at(-1)?.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (inner === undefined) break;
    path.push(inner);
  }
  return path;
}

/** Errors are thrown, never printed by commander, and its output goes where the environment says. */
function prepare(command: Command, program: Command, env: CliEnv): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => env.out.line(text.trimEnd()),
    writeErr: (text) => env.err.line(text.trimEnd()),
    outputError: () => undefined,
  });
  if (command !== program) {
    command.usage(`${command.usage().replace(/\[options\] ?/, "")} [options]`.trim());
    command.addHelpText("after", "\nSee 'howbectl --help' for the options of every command, such as -n NAMESPACE.");
  }
  for (const inner of command.commands) prepare(inner, program, env);
}

function allOptions(command: Command): Command["options"] {
  return [...command.options, ...command.commands.flatMap(allOptions)];
}

async function parse(program: Command, words: readonly string[]): Promise<void> {
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: "user" });
  } catch (error: unknown) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") return;
    const verb = namedCommand(words) ?? "";
    if (error.code === "commander.unknownCommand" && isMissingVerb(verb)) {
      throw new UsageError(`howbectl has no '${verb}' yet`, insteadOf(verb));
    }
    throw usageErrorFrom(error, namedCommands(program, words));
  }
}

function usageErrorFrom(error: CommanderError, path: readonly Command[]): UsageError {
  const [message = "", ...suggestion] = error.message.replace(/^error: /, "").split("\n");
  const command = path.at(-1);
  const hint = [...suggestion, `See '${path.map((named) => named.name()).join(" ")} --help' for usage.`].join("\n");
  const extra = error.code === "commander.excessArguments" ? (command?.args.slice(command.registeredArguments.length) ?? []) : [];
  if (extra.length > 0) return new UsageError(`Unexpected args: [${extra.join(" ")}]`, hint);
  return new UsageError(inKubectlsWords(message), hint);
}

const rewordings: readonly { readonly pattern: RegExp; readonly words: string }[] = [
  { pattern: /^required option '.*--([\w-]+)[ '].*$/, words: 'required flag(s) "$1" not set' },
  { pattern: /^unknown option '(--[^']*)'$/, words: "unknown flag: $1" },
  { pattern: /^unknown option '(-([^-']).*)'$/, words: "unknown shorthand flag: '$2' in $1" },
  { pattern: /^option '.*(--[\w-]+) .*' argument missing$/, words: "flag needs an argument: $1" },
  {
    pattern: /^option '(?:-\w, )?(--[\w-]+).*' argument '([\s\S]*)' is invalid\. ([\s\S]*)$/,
    words: 'invalid argument "$2" for "$1" flag: $3',
  },
];

function inKubectlsWords(message: string): string {
  const found = rewordings.find(({ pattern }) => pattern.test(message));
  return found === undefined ? message : message.replace(found.pattern, found.words);
}
