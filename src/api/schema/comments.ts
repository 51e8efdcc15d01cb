import type { DescFile, DescMessage } from "@bufbuild/protobuf";

/** What proto/ says of a message, in words for users. */
export interface MessageComments {
  /** "" where nothing is said. */
  readonly description: string;
  /** By the field's name in protobuf. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Numbers in google.protobuf.FileDescriptorProto and DescriptorProto, of which the paths of comments are made. */
const [fileMessages, nestedMessages, messageFields] = [4, 3, 2];

/** The comments that stand before messages and their fields. Each file is gone through once, when first asked for. */
export class Comments {
  private readonly byFile = new Map<DescFile, ReadonlyMap<string, string>>();
  private readonly byMessage = new Map<DescMessage, MessageComments>();

  of(message: DescMessage): MessageComments {
    const known = this.byMessage.get(message) ?? describe(message, this.inFile(message.file));
    this.byMessage.set(message, known);
    return known;
  }

  /** By the path of numbers to what they stand before, as "4.0.2.1". */
  private inFile(file: DescFile): ReadonlyMap<string, string> {
    const locations = file.proto.sourceCodeInfo?.location ?? [];
    const known = this.byFile.get(file) ?? new Map(locations.map(({ path, leadingComments }) => [path.join("."), leadingComments]));
    this.byFile.set(file, known);
    return known;
  }
}

function describe(message: DescMessage, comments: ReadonlyMap<string, string>): MessageComments {
  const path = pathOf(message).join(".");
  const fields = message.proto.field.map(({ name }, index) => [name, text(comments.get(`${path}.${messageFields}.${index}`))] as const);
  return { description: text(comments.get(path)), fields: new Map(fields) };
}

function pathOf({ proto, parent, file }: DescMessage): readonly number[] {
  if (parent === undefined) return [fileMessages, file.proto.messageType.indexOf(proto)];
  return [...pathOf(parent), nestedMessages, parent.proto.nestedType.indexOf(proto)];
}

/** Lines become sentences again; an empty line stays the end of a paragraph. */
function text(comment = ""): string {
  const paragraphs = comment.split(/\n[ \t]*\n/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}
