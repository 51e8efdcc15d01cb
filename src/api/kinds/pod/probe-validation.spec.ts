import { expect } from "chai";
import { admitted } from "../../../../test/builders/from-manifest.js";
import { containerErrors, podErrors } from "../../../../test/builders/pod-errors.js";
import { podKind } from "./kind.js";

const tcp = "tcpSocket: { port: 80 }";

describe("validateChecks", () => {
  const cases: readonly (readonly [check: string, errors: readonly string[]])[] = [
    ["livenessProbe: { exec: { command: [x] } }", []],
    ["readinessProbe: { httpGet: { port: http }, successThreshold: 3 }", []],
    ["startupProbe: { grpc: { port: 5000 }, terminationGracePeriodSeconds: 1 }", []],
    ["lifecycle: { preStop: { sleep: { seconds: 30 } }, postStart: { exec: { command: [x] } } }", []],
    ["livenessProbe: { exec: {} }", ["livenessProbe.exec.command: Required value"]],
    [
      "livenessProbe: { httpGet: { port: 0, scheme: FTP, httpHeaders: [{ name: a b }] } }",
      [
        "livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
        'livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        "livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
      ],
    ],
    [
      `readinessProbe: { exec: { command: [x] }, ${tcp} }`,
      ["readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"],
    ],
    [`livenessProbe: { ${tcp}, successThreshold: 2 }`, ["livenessProbe.successThreshold: Invalid value: 2: must be 1"]],
    [
      `startupProbe: { ${tcp}, periodSeconds: -1, terminationGracePeriodSeconds: 0 }`,
      [
        "startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
        "startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0",
      ],
    ],
    [
      `readinessProbe: { ${tcp}, terminationGracePeriodSeconds: 5 }`,
      ["readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes"],
    ],
    [
      "lifecycle: { preStop: { sleep: { seconds: 31 } } }",
      ["lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)"],
    ],
  ];
  for (const [check, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${check}`, () => {
      expect(containerErrors(check)).to.deep.equal(errors);
    });
  }

  it("refuses probes of what comes to its end", () => {
    const probe = `name: i, image: a, livenessProbe: { ${tcp} }`;
    const errors = podErrors(`initContainers: [{ ${probe} }]`);
    expect(errors).to.deep.equal([
      "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
    ]);
    expect(podErrors(`initContainers: [{ ${probe}, restartPolicy: Always }]`)).to.deep.equal([]);
  });
});

describe("validateStopSignal", () => {
  const stopped = (signal: string): string =>
    `initContainers: [{ name: a, image: a, restartPolicy: Always, lifecycle: { stopSignal: ${signal} } }]`;
  const at = "spec.initContainers[0].lifecycle.stopSignal";
  const cases = [
    { pod: `os: { name: linux }, ${stopped("SIGUSR1")}`, errors: [] },
    { pod: `os: { name: linux }, ${stopped("SIGRTMAX-14")}`, errors: [] },
    { pod: stopped("SIGUSR1"), errors: [`${at}: Forbidden: may not be set for containers with empty \`spec.os.name\``] },
    {
      pod: `os: { name: windows }, ${stopped("SIGUSR1")}`,
      errors: [`${at}: Unsupported value: "SIGUSR1": supported values: "SIGKILL", "SIGTERM"`],
    },
  ];
  for (const { pod, errors } of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${pod}`, () => {
      expect(podErrors(pod)).to.deep.equal(errors);
    });
  }

  it("offers 65 signals where there is none of that name", () => {
    const [error = ""] = podErrors(`os: { name: linux }, ${stopped("USR1")}`);
    expect(error).to.match(
      /^spec\.initContainers\[0\]\.lifecycle\.stopSignal: Unsupported value: "USR1": supported values: "SIGABRT", "SIGALRM"/,
    );
    expect(error.match(/"SIG/g)).to.have.length(65);
  });
});

describe("defaults of probes", () => {
  it("are Kubernetes'", () => {
    const pod = admitted(podKind, "spec: { containers: [{ name: a, image: a, livenessProbe: { httpGet: { port: 80 } } }] }");
    expect(pod.spec.containers[0]?.livenessProbe).to.deep.include({
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(pod.spec.containers[0]?.livenessProbe?.handler?.httpGet).to.deep.include({ path: "/", scheme: "HTTP" });
  });
});
