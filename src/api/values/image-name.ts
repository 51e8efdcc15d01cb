const component = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";
const domain =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?";
const pattern = new RegExp(
  `^((?:${domain}/)?${component}(?:/${component})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?$`,
);

const hub = "docker.io";
const maxNameLength = 255;

/** What an image reference means. */
export interface ImageName {
  /** What the runtime is asked for: with a tag, or with a digest alone, which decides where there are both. */
  readonly reference: string;
  /** In full, without tag and digest: "docker.io/library/busybox" for "busybox". */
  readonly repository: string;
  /** The same for every way in which the same image can be written. */
  readonly canonical: string;
}

/** Reads an image reference, whose tag is "latest" by default; undefined when it is none. */
export function parseImageName(image: string): ImageName | undefined {
  const [, name, tag = "latest", digest] = pattern.exec(image) ?? [];
  // 64 hexadecimal digits alone are an image's id, which says nothing of where to fetch it.
  if (name === undefined || /^[0-9a-f]{64}$/.test(image)) return undefined;
  const repository = canonicalRepository(name);
  if (repository.length > maxNameLength) return undefined;
  const end = digest === undefined ? `:${tag}` : `@${digest}`;
  return { reference: `${name}${end}`, repository, canonical: `${repository}${end}` };
}

/** A name in full, as "docker.io/library/nginx:1.27" for "nginx:1.27"; unchanged when it cannot be read. */
export function canonicalImageName(image: string): string {
  return parseImageName(image)?.canonical ?? image;
}

/** Whether two references mean the same image, however they are written; what cannot be read is not told apart. */
export function isSameImage(a: string, b: string): boolean {
  const [first, second] = [parseImageName(a), parseImageName(b)];
  return first === undefined || second === undefined || first.canonical === second.canonical;
}

/** What comes before the first slash is a registry's host only if it looks like one. */
function canonicalRepository(name: string): string {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const [host, path] = isHost ? [first, name.slice(slash + 1)] : [hub, name];
  if (host !== hub && host !== `index.${hub}`) return name;
  return `${hub}/${path.includes("/") ? path : `library/${path}`}`;
}
