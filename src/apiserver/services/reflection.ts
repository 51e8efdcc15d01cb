import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from "../../gen/grpc/reflection/v1/reflection.js";
import type { Handlers } from "../../rpc/contracts.js";
import type { DescriptorFiles, EncodedFiles } from "../reflection/descriptor-files.js";

type Answer = NonNullable<ServerReflectionResponse["message_response"]>;

/** The service under the name that gRPC gives it now. */
export const reflectionDefinition = ServerReflectionService;

/** The service under the name that older tools call; the messages are the same on the wire. */
export const oldReflectionDefinition = {
  serverReflectionInfo: {
    ...ServerReflectionService.serverReflectionInfo,
    path: "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
  },
} as const;

/** Creates the service by which tools learn what the server serves: `services`, by full name. */
export function createReflectionService(
  files: DescriptorFiles,
  services: readonly string[],
): Handlers<typeof ServerReflectionService> & Handlers<typeof oldReflectionDefinition> {
  return {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { valid_host: request.host, original_request: request, message_response: answer(files, services, request) };
      }
    },
  };
}

function answer(files: DescriptorFiles, services: readonly string[], { message_request: asked }: ServerReflectionRequest): Answer {
  switch (asked?.$case) {
    case "list_services":
      return { $case: "list_services_response", value: { service: services.map((name) => ({ name })) } };
    case "file_by_filename":
      return fileAnswer(files.byName(asked.value), asked.value);
    case "file_containing_symbol":
      return fileAnswer(files.bySymbol(asked.value), asked.value);
    case "file_containing_extension":
      return fileAnswer(
        files.byExtension(asked.value.containing_type, asked.value.extension_number),
        `extension ${asked.value.extension_number} of ${asked.value.containing_type}`,
      );
    case "all_extension_numbers_of_type": {
      const numbers = files.extensionNumbers(asked.value);
      if (numbers === undefined) return notFound(asked.value);
      return { $case: "all_extension_numbers_response", value: { base_type_name: asked.value, extension_number: [...numbers] } };
    }
    default:
      return { $case: "error_response", value: { error_code: invalidArgument, error_message: "the request asks for nothing" } };
  }
}

function fileAnswer(found: EncodedFiles | undefined, what: string): Answer {
  return found === undefined ? notFound(what) : { $case: "file_descriptor_response", value: { file_descriptor_proto: [...found] } };
}

// gRPC's status codes, which the protocol carries as numbers.
const invalidArgument = 3;
const notFoundCode = 5;

function notFound(what: string): Answer {
  return { $case: "error_response", value: { error_code: notFoundCode, error_message: `${what.slice(0, 200)} not found` } };
}
