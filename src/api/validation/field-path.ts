/** The path of a field: `spec` + `containers`. The root's path is "". */
export function child(parent: string, field: string): string {
  return parent === "" ? field : `${parent}.${field}`;
}

/** The path of a list's element: `spec.containers[0]`. */
export function element(list: string, index: number): string {
  return `${list}[${index}]`;
}

/** The path of a map's entry: `resources.limits[cpu]`. */
export function entry(map: string, key: string): string {
  return `${map}[${key}]`;
}
