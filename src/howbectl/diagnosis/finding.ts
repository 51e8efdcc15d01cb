/** An object, as a diagnosis names it. */
export interface ObjectRef {
  /** As "apps/v1". */
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for what is in no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** Why an object is as it is, and what would change that: what `howbectl why -o json` prints. */
export interface Diagnosis {
  readonly object: ObjectRef;
  /** Nothing is wrong with it, nor with what it consists of. */
  readonly healthy: boolean;
  /** As "pod default/web-1 is pending: no node fits". */
  readonly headline: string;
  /** What matters most first. */
  readonly findings: readonly Finding[];
}

/** One thing that was found out. */
export interface Finding {
  /** What was found, for programs: a word that stays, as "Unschedulable". */
  readonly code: string;
  /** False for what is as it should be, or will be without anybody's doing. */
  readonly problem: boolean;
  /** The object that it is about: the one asked for, or one that it consists of. */
  readonly about: ObjectRef;
  /** The container that it is about. */
  readonly container?: string;
  /** Objects of which the same could be said, besides. */
  readonly alsoAbout?: readonly ObjectRef[];
  /** As "no node fits". */
  readonly headline: string;
  /** Numbers, texts of Events and conditions, last lines of logs. */
  readonly evidence: readonly string[];
  /** What every node says to a pod. */
  readonly nodes?: readonly NodeVerdict[];
  /** As "the kubelet restarts it at 12:00:05"; absent where it waits for nothing. */
  readonly waitsFor?: string;
  /** Any one of them helps, the smallest change first; empty when nothing is known that would. */
  readonly suggestions: readonly Suggestion[];
}

/** Whether a node will do for a pod. */
export interface NodeVerdict {
  readonly node: string;
  /** Kubernetes' words for why not, or "fits", or "chosen". */
  readonly verdict: string;
  /** In numbers. */
  readonly detail: string;
}

/** Something that would help. */
export interface Suggestion {
  /** For people, in the imperative. */
  readonly text: string;
  /** What to type for it, a line each; empty where no command line does it by itself. */
  readonly commands: readonly string[];
  /** All together. */
  readonly changes: readonly Change[];
}

/** What a suggestion does, for programs. */
export type Change =
  /**
   * The object is to be patched. Where `recreate` is set it takes no such change: it is to be deleted and made anew so.
   * `replace` names pods that do not follow their template by themselves, and are to be deleted then.
   */
  | {
      readonly kind: "patch";
      readonly object: ObjectRef;
      /** RFC 6902, or RFC 7386. */
      readonly type: "json" | "merge";
      readonly patch: unknown;
      readonly recreate: boolean;
      readonly replace: readonly ObjectRef[];
    }
  /** A command line of howbectl does it: the words after its name. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** These are to be deleted. */
  | { readonly kind: "delete"; readonly objects: readonly ObjectRef[] }
  /** This is to be made, or, if it is there, to be given these keys. */
  | { readonly kind: "create"; readonly object: ObjectRef; readonly keys: readonly string[] }
  /**
   * So much more of a resource is to be made free on a node: thousandths for cpu, bytes, or a count. `remove` names pods
   * whose leaving would do.
   */
  | {
      readonly kind: "free";
      readonly node: string;
      readonly resource: string;
      readonly amount: number;
      readonly remove: readonly ObjectRef[];
    };
