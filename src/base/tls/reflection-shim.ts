/**
 * The certificate library builds on a dependency injector that refuses to load without the Reflect metadata proposal,
 * though none of the classes used here has metadata. Saying "none" satisfies it; a real implementation, if the process
 * has one, is left alone. Must be imported before the library.
 */
const none = { getMetadata: () => undefined, getOwnMetadata: () => undefined, defineMetadata: () => undefined };

for (const [name, answer] of Object.entries(none)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value: answer, configurable: true, writable: true });
}
