import { apiVersionOf, kindByName } from "../../api/kinds/index.js";
import type { KindObject } from "../printers/object-format.js";
import type { Change, ObjectRef, Suggestion } from "./finding.js";

/** An object's reference. */
export function refOf({ kind, object }: KindObject): ObjectRef {
  const { namespace, name } = object.metadata;
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, namespace, name };
}

/** A reference to an object of the core group. */
export function coreRef(kind: string, namespace: string, name: string): ObjectRef {
  return { apiVersion: "v1", kind, namespace, name };
}

/** "pod default/web-1", "node n1". */
export function wordsFor({ kind, namespace, name }: ObjectRef): string {
  return `${kind.toLowerCase()} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** As "deployment/web -n shop": an object on a command line. */
export function targetWords({ kind, namespace, name }: ObjectRef): string[] {
  return [`${kindByName(kind)?.singular ?? kind.toLowerCase()}/${name}`, ...(namespace === "" ? [] : ["-n", namespace])];
}

/** A suggestion, with the command lines for it where there are. */
export function suggest(text: string, ...changes: readonly Change[]): Suggestion {
  const commands = changes.map(commandFor);
  const isTyped = commands.every((command) => command !== undefined);
  return { text, commands: isTyped ? commands.map((command) => commandLine(command)) : [], changes };
}

/** A suggestion that is one command of howbectl. */
export function suggestCommand(text: string, ...command: readonly string[]): Suggestion {
  return suggest(text, { kind: "command", command });
}

/** A suggestion to look somewhere, for what would help is not to be known from here. */
export function suggestLook(text: string, ...command: readonly string[]): Suggestion {
  return { text, commands: command.length === 0 ? [] : [commandLine(command)], changes: [] };
}

/** A suggestion to merge something into an object. */
export function suggestMerge(text: string, object: ObjectRef, patch: object, recreate = false): Suggestion {
  return suggest(text, { kind: "patch", object, type: "merge", patch, recreate, replace: [] });
}

function commandFor(change: Change): readonly string[] | undefined {
  switch (change.kind) {
    case "command":
      return change.command;
    case "patch": {
      if (change.recreate || change.replace.length > 0) return undefined;
      return ["patch", ...targetWords(change.object), `--type=${change.type}`, "-p", JSON.stringify(change.patch)];
    }
    case "delete":
      return deletion(change.objects);
    case "free":
      return deletion(change.remove);
    case "create":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** One command deletes objects of one namespace. */
function deletion(objects: readonly ObjectRef[]): readonly string[] | undefined {
  const [first] = objects;
  if (first === undefined || objects.some(({ namespace }) => namespace !== first.namespace)) return undefined;
  const words = objects.flatMap((object) => targetWords({ ...object, namespace: "" }));
  return ["delete", ...words, ...(first.namespace === "" ? [] : ["-n", first.namespace])];
}

const commandLine = (words: readonly string[]): string => `howbectl ${words.map(quoted).join(" ")}`;

/** As a POSIX shell reads it as one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
