import { badRequest } from "../errors.js";

/** JSON nested deeper than this is refused: nothing of Kubernetes' comes near it. */
export const maxJsonDepth = 200;

const [quote, backslash] = ['"'.charCodeAt(0), "\\".charCodeAt(0)];
const openers = new Set(["{", "["].map((text) => text.charCodeAt(0)));
const closers = new Set(["}", "]"].map((text) => text.charCodeAt(0)));

/**
 * Refuses JSON text that is nested too deeply, before anything walks what it says: JSON.parse takes any depth, while
 * what follows calls itself at every level. Text that is no JSON is left to the parser.
 *
 * @throws ApiError BadRequest
 */
export function checkJsonDepth(text: string): void {
  let depth = 0;
  let isInString = false;
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (isInString) {
      if (code === backslash) place += 1;
      else isInString = code !== quote;
    } else if (code === quote) isInString = true;
    else if (closers.has(code)) depth -= 1;
    else if (openers.has(code)) {
      depth += 1;
      if (depth > maxJsonDepth) throw badRequest(`the object provided is unreadable: nested deeper than ${maxJsonDepth} levels`);
    }
  }
}
