import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { isAbort } from "../../../src/base/abort.js";
import type { ImageStore, PullProgress, RegistryCredentials } from "../../../src/howbelet/runtime/image-store.js";
import type { RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { containerConfig, identityOf, sandboxConfig } from "./configs.js";
import type { RuntimeUnderTest } from "./suite.js";

/** What the suite needs besides: images that are not present, at a registry. */
export interface ImagesUnderTest extends RuntimeUnderTest {
  /** One that takes a second or so to pull. */
  readonly slowImage: string;
  /** One for which a registry wants an account. */
  readonly guardedImage: string;
  readonly credentials: RegistryCredentials;
}

/** The contract of `ImageStore`. */
export function imagesConformance(name: string, open: () => Promise<ImagesUnderTest>): void {
  describe(`the contract of image stores, kept by ${name}`, function () {
    this.timeout(60_000);
    const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "images" };
    const signal = new AbortController().signal;
    let subject: ImagesUnderTest;
    let images: ImageStore;

    before(async () => {
      subject = await open();
      images = subject.runtime.images;
      await subject.runtime.prepare(scope, "", signal);
    });
    after(async () => {
      await subject?.cleanUp([scope]);
      subject?.runtime.close();
    });

    const failureOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );

    it("tells what is there, and what is not", async () => {
      const found = await images.find(subject.image, signal);
      const listed = (await images.list(signal)).find(({ id }) => id === found?.id);

      expect(found?.id).to.match(/^sha256:[0-9a-f]+$/);
      expect(found?.references).to.include(subject.image);
      expect(found?.sizeBytes).to.be.greaterThan(0);
      expect(found?.user).to.equal("");
      expect(listed?.references).to.include(subject.image);
      expect(await images.find(subject.missingImage, signal)).to.equal(undefined);
    });

    it("leaves nothing of a pull that was given up", async () => {
      const stop = new AbortController();
      const pull = images.pull(subject.slowImage, { onProgress: () => stop.abort() }, stop.signal);
      const failure = await failureOf(pull);

      expect(isAbort(failure), String(failure)).to.equal(true);
      expect(await images.find(subject.slowImage, signal)).to.equal(undefined);
    });

    it("fetches an image, telling how far it is, and says when it was there already", async () => {
      const told: PullProgress[] = [];
      const pulled = await images.pull(subject.slowImage, { onProgress: (progress) => told.push(progress) }, signal);
      const tellings = told.length;
      const again = await images.pull(subject.slowImage, {}, signal);

      expect(pulled.isNew).to.equal(true);
      expect(pulled.references).to.include(subject.slowImage);
      expect(await images.find(subject.slowImage, signal)).to.deep.include({ id: pulled.id, sizeBytes: pulled.sizeBytes });
      expect(again).to.include({ id: pulled.id, isNew: false });
      expect(tellings).to.be.greaterThan(1);
      expect(told).to.have.length(tellings);
      expect(told.every(({ receivedBytes, totalBytes }) => receivedBytes <= totalBytes)).to.equal(true);
      const received = told.map(({ receivedBytes }) => receivedBytes);
      expect(received).to.deep.equal([...received].sort((a, b) => a - b));
    });

    it("says why an image cannot be fetched", async () => {
      const failure = await failureOf(images.pull(subject.missingImage, {}, signal));

      expect(failure).to.be.an("error").that.includes({ reason: "Failed" });
      expect(String(failure)).to.contain(subject.missingImage.replace(/:.*/, ""));
    });

    it("fetches with an account what nobody else may have", async () => {
      const wrong = { ...subject.credentials, password: "guessed" };

      expect(await failureOf(images.pull(subject.guardedImage, {}, signal))).to.include({ reason: "Failed" });
      expect(await failureOf(images.pull(subject.guardedImage, { credentials: wrong }, signal))).to.include({ reason: "Failed" });
      expect(await images.find(subject.guardedImage, signal)).to.equal(undefined);
      expect((await images.pull(subject.guardedImage, { credentials: subject.credentials }, signal)).isNew).to.equal(true);
    });

    it("removes what is not in use, once or more often, and keeps what is", async () => {
      const { runtime, slowImage, guardedImage, credentials } = subject;
      const [used, unused] = [await images.pull(slowImage, {}, signal), await images.pull(guardedImage, { credentials }, signal)];
      const podUid = randomUUID();
      const sandboxId = await runtime.createSandbox(scope, sandboxConfig(podUid), signal);
      await runtime.start(sandboxId, signal);
      const config = containerConfig({ identity: identityOf(podUid), image: slowImage, sandboxId, command: ["sleep", "1000"] });
      const container = await runtime.createContainer(scope, config, signal);
      const inUse = await images.inUse(signal);

      expect([inUse.has(used.id), inUse.has(unused.id)]).to.deep.equal([true, false]);
      expect(await failureOf(images.remove(slowImage, signal))).to.include({ reason: "Failed" });
      await images.remove(guardedImage, signal);
      await images.remove(guardedImage, signal);
      expect(await images.find(guardedImage, signal)).to.equal(undefined);

      await runtime.remove(container, signal);
      expect((await images.inUse(signal)).has(used.id)).to.equal(false);
      await images.remove(slowImage, signal);
      expect(await images.find(slowImage, signal)).to.equal(undefined);
    });
  });
}
