/** The image that the set-up makes: busybox under a tag of our own. */
export const image = "howbernetes/busybox:1.36";

/** A shell that ends at once when told to, unlike a bare `sleep` as process 1. */
const idle = `["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"]`;

export const podManifest = (name: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  containers:
  - name: main
    image: ${image}
    command: ${idle}
`;

interface SetOptions {
  readonly replicas: number;
  /** Changes the template, as a new version of the program would. */
  readonly version?: string;
  /** Lines of the spec besides replicas, selector and template. */
  readonly strategy?: string;
}

const spec = (name: string, { replicas, version = "1", strategy = "" }: SetOptions): string => `
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${name}}
${strategy}  template:
    metadata:
      labels: {app: ${name}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: ${image}
        command: ${idle}
        env: [{name: VERSION, value: "${version}"}]
`;

export const replicaSetManifest = (name: string, options: SetOptions): string =>
  `apiVersion: apps/v1\nkind: ReplicaSet${spec(name, options)}`;
export const deploymentManifest = (name: string, options: SetOptions): string =>
  `apiVersion: apps/v1\nkind: Deployment${spec(name, options)}`;

/** The containers of a pod template that runs a command of the shell. */
export const containerOf = (command: string): string =>
  `      containers:\n      - {name: main, image: "${image}", command: ["sh", "-c", ${JSON.stringify(command)}]}\n`;
