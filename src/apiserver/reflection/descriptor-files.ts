import { createFileRegistry, type DescFile, type FileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** Encoded google.protobuf.FileDescriptorProto messages: the file asked for first, then all that it imports. */
export type EncodedFiles = readonly Buffer[];

/** The .proto files of a descriptor image, found as reflection asks for them. Comments and options are kept. */
export class DescriptorFiles {
  private readonly registry: FileRegistry;
  private readonly files: ReadonlyMap<string, DescFile>;

  constructor(image: Uint8Array) {
    this.registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
    this.files = new Map([...this.registry.files].map((file) => [file.proto.name, file]));
  }

  /** Full names of every method's request, by path as "/howbernetes.api.v1.Resources/Get". */
  requestTypes(): ReadonlyMap<string, string> {
    const types = new Map<string, string>();
    for (const type of this.registry) {
      if (type.kind !== "service") continue;
      for (const { name, input } of type.methods) types.set(`/${type.typeName}/${name}`, input.typeName);
    }
    return types;
  }

  byName(fileName: string): EncodedFiles | undefined {
    return this.withImports(this.files.get(fileName));
  }

  /** By the full name of a message, enum, service or extension, or of a part of one (field, method, value). */
  bySymbol(symbol: string): EncodedFiles | undefined {
    const found = this.registry.get(symbol) ?? this.registry.get(symbol.slice(0, Math.max(0, symbol.lastIndexOf("."))));
    return this.withImports(found?.file);
  }

  byExtension(typeName: string, number: number): EncodedFiles | undefined {
    return this.withImports(this.extensionsOf(typeName).find((extension) => extension.number === number)?.file);
  }

  /** Numbers of all extensions of a message, or undefined when there is no such message. */
  extensionNumbers(typeName: string): readonly number[] | undefined {
    if (this.registry.getMessage(typeName) === undefined) return undefined;
    return this.extensionsOf(typeName).map(({ number }) => number);
  }

  private extensionsOf(typeName: string) {
    return [...this.registry].filter((type) => type.kind === "extension").filter(({ extendee }) => extendee.typeName === typeName);
  }

  private withImports(file: DescFile | undefined): EncodedFiles | undefined {
    if (file === undefined) return undefined;
    const closure = new Set([file]);
    for (const member of closure) for (const imported of member.dependencies) closure.add(imported);
    return [...closure].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  }
}
