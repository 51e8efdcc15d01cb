/** A part of a name of the time zone database; digits and "+" are in old names such as Etc/GMT+1. */
const namePart = /^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/;

/** What keeps a text from being the name of a time zone, as "Europe/Berlin"; nothing if it is one. */
export function timeZoneProblems(name: string): string[] {
  const unknown = [`unknown time zone ${name}`];
  if (name === "") return ["timeZone must be nil or non-empty string"];
  if (name.split("/").some((part) => part === "." || part === ".." || !namePart.test(part))) return unknown;
  if (name.toLowerCase() === "local") {
    return ["timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"];
  }
  // An offset such as "+01:00" is a zone for Intl, but has no name.
  return /^[A-Za-z]/.test(name) && isKnown(name) ? [] : unknown;
}

function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch (error: unknown) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
