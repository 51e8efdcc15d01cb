const component = "[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*";
const domain =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?";
const pattern = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::([\\w][\\w.-]{0,127}))?(@[A-Za-z][\\w.+-]*:[0-9a-fA-F]{32,})?$`,
);

/** The reference with its default tag, "latest", or undefined when `image` is no image reference. */
export function normalizeImageName(image: string): string | undefined {
  const match = pattern.exec(image);
  if (match === null) return undefined;
  return match[1] === undefined && match[2] === undefined ? `${image}:latest` : image;
}
