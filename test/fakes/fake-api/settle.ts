/** Lets everything run that promises and immediates have set off, until nothing but timers is left of it. */
export async function settle(turns = 25): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
