import type { JsonObject } from "../../api/codec/json-values.js";
import { UsageError } from "../usage-error.js";
import { type DebugProfile, type DebugStyle, profileEffect } from "./debug-profile.js";

/** What the debugging container is to be. */
export interface DebugWish {
  readonly image?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** The words after `--`. */
  readonly words: readonly string[];
  /** The words are the image's command's arguments. */
  readonly argumentsOnly: boolean;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly profile: DebugProfile;
}

/** A container as the wish has it: an existing one changed, or a new one. */
export function debugContainer(before: JsonObject, wish: DebugWish, style: DebugStyle): JsonObject {
  const { image, imagePullPolicy, env, words, argumentsOnly, stdin, tty, profile } = wish;
  const { securityContext } = profileEffect(profile, style);
  const { command: _command, args: _args, ...rest } = before;
  const program = words.length === 0 ? before : argumentsOnly ? { ...before, args: words } : { ...rest, command: words };
  return {
    ...program,
    ...(image === undefined ? {} : { image }),
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    ...(env.length === 0 ? {} : { env }),
    ...(securityContext === undefined ? {} : { securityContext }),
    stdin,
    tty,
    terminationMessagePolicy: "File",
  };
}

/** Reads the pairs of `--env` and `--set-image`: name=value. @throws UsageError */
export function parsePairs(texts: readonly string[], flag: string): [string, string][] {
  return texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 1) throw new UsageError(`invalid ${flag}: "${text}" is not of the form name=value`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
}
