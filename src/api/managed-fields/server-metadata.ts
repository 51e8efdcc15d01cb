/** What nobody owns of an object's metadata: its identity, and what the server alone sets. */
export const serverMetadata: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "managedFields",
]);
