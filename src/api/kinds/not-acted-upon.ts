/**
 * The warning about an object of a kind that is kept, checked and shown like any other, while no controller acts on it
 * yet: nobody is to wait for what will not come.
 *
 * Unlike Kubernetes: there each kind has its controller.
 */
export function notActedUpon({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): () => readonly string[] {
  return () => [`${apiVersion} ${kind}: nothing acts on it yet; it is stored, and that is all`];
}
