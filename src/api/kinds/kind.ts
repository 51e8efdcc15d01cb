import type { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { FieldError } from "../errors.js";
import type { ApiObject, Whole } from "../object.js";

/** ts-proto's codec of a message, as far as it is used. */
export interface MessageCodec<T> {
  encode(message: T, writer?: BinaryWriter): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  /** Makes a message from what is given; lists and maps left out are empty. */
  fromPartial(partial: object): T;
}

/** A column of `howbectl get`. */
export interface Column<T extends ApiObject> {
  /** As printed: upper case. */
  readonly name: string;
  /** Shown only with `-o wide`. */
  readonly wide?: boolean;
  /** The cell's text; `nowMs` is wall-clock time, for ages. */
  cell(object: Whole<T>, nowMs: number): string;
}

/** Reads one field for a selector. Written as a method so that a `Kind<Pod>` is a `Kind`. */
export type FieldReader<T extends ApiObject> = { read(object: Whole<T>): string }["read"];

/** What scaling needs of a kind (autoscaling/v1 Scale). */
export interface ScalePaths<T extends ApiObject> {
  /** Wanted number of replicas. */
  read(object: Whole<T>): number;
  /** Counted number of replicas. */
  readStatus(object: Whole<T>): number;
  /** The label selector, in its string form, of the pods counted. */
  selector(object: Whole<T>): string;
  /** Sets the wanted number on a draft. */
  write(draft: Whole<T>, replicas: number): void;
}

/** A part of an object that is written by a subresource of its own, and not with the whole. Pure. */
export interface PartRules<T extends ApiObject> {
  /** Takes the part over into the draft from what was sent. */
  merge(draft: Whole<T>, sent: Whole<T>): void;
  /** Every error of the change, in addition to `validate`. */
  validateUpdate(next: Whole<T>, previous: Whole<T>): FieldError[];
}

/**
 * How objects of one kind come into being and change: pure, no I/O. Methods that take a `draft` may change it, for
 * the caller owns it; every other object is shared and must not be touched. What all kinds have in common (names,
 * uid, timestamps, finalizers, metadata's validation) is not here but in the api-server's generic path.
 */
export interface KindRules<T extends ApiObject> {
  /** Fills in Kubernetes' defaults. A second pass changes nothing. */
  applyDefaults(draft: Whole<T>): void;
  /** Every error of a new object's spec. */
  validate(object: Whole<T>): FieldError[];
  /** Every error of a new object, in addition to `validate`: what it may only get later. */
  validateCreate?(object: Whole<T>): FieldError[];
  /** Every error of a change, in addition to `validate`: what may not change. */
  validateUpdate(next: Whole<T>, previous: Whole<T>): FieldError[];
  /** Every error of a status change. */
  validateStatusUpdate?(next: Whole<T>, previous: Whole<T>): FieldError[];
  /** Sets what a client may not: the initial status, generation 1. */
  prepareForCreate(draft: Whole<T>): void;
  /** Puts back what a spec write may not touch (status), and raises `generation` when the spec differs. */
  prepareForUpdate(draft: Whole<T>, previous: Whole<T>): void;
  /** Completes a status that is written with what follows from it. */
  prepareForStatusUpdate?(draft: Whole<T>, previous: Whole<T>): void;
  /** Seconds that the object lives on after Delete, marked by deletionTimestamp; 0 removes at once. */
  graceOnDelete?(object: Whole<T>, requestedSeconds: number | undefined): number;
  /** Marks, beyond deletionTimestamp, that the object is being deleted (Namespace: its phase). */
  prepareForDelete?(draft: Whole<T>): void;
  /** Something of the kind's own, besides metadata.finalizers, keeps a deleted object in being (Namespace: spec.finalizers). */
  isHeld?(object: Whole<T>): boolean;
  /** What whoever wrote the object should know; shown, and no error. What was so in `previous` is not said again. */
  warnings?(object: Whole<T>, previous: Whole<T> | undefined): readonly string[];
}

/** Everything there is to know about a kind, described once; nothing else knows kinds by name. */
export interface Kind<T extends ApiObject = ApiObject> extends KindRules<T> {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** As "Pod". */
  readonly kind: string;
  /** As "pods". */
  readonly plural: string;
  /** As "pod". */
  readonly singular: string;
  /** As ["po"]. */
  readonly shortNames: readonly string[];
  /** As ["all"]: names that stand for several kinds. */
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** What a name may look like: a DNS subdomain unless this says a DNS label. */
  readonly nameFormat?: "label";
  /** An update must say which resourceVersion it is of, where other kinds take one that says nothing for whichever there is. */
  readonly requiresResourceVersion?: boolean;
  /** The kind has a status that only the status subresource writes. */
  readonly hasStatus: boolean;
  /** Who owns which fields is recorded from the first server-side apply on, and not from the object's creation. */
  readonly ownersFromFirstApply?: boolean;
  readonly message: MessageCodec<T>;
  /** Full protobuf name, as "howbernetes.core.v1.Pod". */
  readonly typeName: string;
  readonly scale?: ScalePaths<T>;
  /** Parts that are written by subresources of their own, by their names (Pod: "ephemeralcontainers"). */
  readonly parts?: Readonly<Record<string, PartRules<T>>>;
  /** What field selectors may name besides metadata.name and metadata.namespace: path → value. */
  readonly selectableFields: Readonly<Record<string, FieldReader<T>>>;
  /** The selectable field, if any, by which the watch cache keeps an index (Pod: "spec.nodeName"). */
  readonly indexedField?: string;
  readonly columns: readonly Column<T>[];
}
