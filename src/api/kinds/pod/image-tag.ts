/** Whether an image is named by the tag `latest`, or by neither tag nor digest, which means the same. */
export function isLatest(image: string): boolean {
  const [name = "", digest] = image.split("@");
  const tag = name.slice(name.lastIndexOf("/") + 1).split(":")[1];
  return tag === undefined ? digest === undefined : tag === "latest";
}
