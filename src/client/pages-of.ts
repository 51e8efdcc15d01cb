import { isApiError } from "../api/errors.js";
import type { ApiObject } from "../api/object.js";
import type { ListCallOptions, ObjectPage, ResourceClient } from "./contracts.js";

/**
 * Goes through a list page by page, so that no more than a page of it is held at a time. The pages show one revision;
 * when the server can keep that no longer, the rest is shown as it is then: an object that changed its place in
 * between may be missing or come twice, and `resourceVersion` is another from there on.
 */
export async function* pagesOf<T extends ApiObject>(
  client: Pick<ResourceClient<T>, "page">,
  options: ListCallOptions = {},
): AsyncGenerator<ObjectPage<T>> {
  for (let continueToken = ""; ; ) {
    const page = await pageOrRest(client, options, continueToken);
    yield page;
    if (page.continueToken === "") return;
    continueToken = page.continueToken;
  }
}

async function pageOrRest<T extends ApiObject>(
  client: Pick<ResourceClient<T>, "page">,
  options: ListCallOptions,
  continueToken: string,
): Promise<ObjectPage<T>> {
  try {
    return await client.page({ ...options, continueToken });
  } catch (error: unknown) {
    const rest = isApiError(error) ? error.continueToken : undefined;
    if (rest === undefined || continueToken === "") throw error;
    return await client.page({ ...options, continueToken: rest });
  }
}
