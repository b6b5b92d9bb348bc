import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Scope } from "./scope.ts";
import { isValueList, isValueMap, own, scalarText } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * What `Ref` gives: a parameter's value, a pseudo parameter, or the name AWS would give the resource.
 * Returns undefined for AWS::NoValue. Errors: `EmulatorError` if nothing here can know the value.
 */
export function resolveRef(name: string, scope: Scope): Value | undefined {
  if (name.startsWith("AWS::")) return resolvePseudo(name, scope);
  const parameter = own(scope.template.parameters, name);
  if (parameter !== undefined) return resolveParameter(name, parameter, scope);
  const resource = own(scope.template.resources, name);
  if (!isValueMap(resource)) {
    throw new EmulatorError(`!Ref ${name}: the template has no such parameter or resource${nearest(name, scope)}`);
  }
  const type = scalarText(own(resource, "Type")) ?? "";
  if (type === "AWS::Serverless::LayerVersion" || type === "AWS::Lambda::LayerVersion") return layerArn(name, scope);
  const service = referredByArn.get(type);
  return service === undefined ? physicalName(name, scope) : arn(scope, service, physicalName(name, scope));
}

/**
 * What `Fn::GetAtt` gives for the attributes whose value follows from the template: ARNs and names.
 * Errors: `EmulatorError` for any other attribute; only a deployed stack knows its value.
 */
export function resolveAttribute(name: string, attribute: string, scope: Scope): Value {
  const resource = own(scope.template.resources, name);
  if (!isValueMap(resource)) {
    throw new EmulatorError(`!GetAtt ${name}.${attribute}: the template has no such resource${nearest(name, scope)}`);
  }
  const service = arnServices.get(scalarText(own(resource, "Type")) ?? "");
  if (attribute === "Arn" && service !== undefined) return arn(scope, service, physicalName(name, scope));
  if (attribute.endsWith("Name")) return physicalName(name, scope);
  throw new EmulatorError(`!GetAtt ${name}.${attribute}: its value is known only to a deployed stack`);
}

/** The ARN of a layer version that the template defines: what a reference to it gives, and how it is found again. */
export function layerArn(logicalId: string, scope: Scope): string {
  return arn(scope, "lambda:layer:*:1", logicalId);
}

/** The account of everything that runs here; the one `sam local` uses. */
const accountId = "123456789012";
/** The stack that the template pretends to be deployed as; the name `sam local` uses. */
const stackName = "local";

/** Resources whose `Ref` is an ARN. `*` stands for the name. */
const referredByArn = new Map([
  ["AWS::SNS::Topic", "sns:*"],
  ["AWS::Serverless::StateMachine", "states:stateMachine:*"],
  ["AWS::StepFunctions::StateMachine", "states:stateMachine:*"],
]);

/** Resources whose `Arn` follows from their name. */
const arnServices = new Map([
  ["AWS::Serverless::Function", "lambda:function:*"],
  ["AWS::Lambda::Function", "lambda:function:*"],
  ["AWS::S3::Bucket", "s3:*"],
  ["AWS::SQS::Queue", "sqs:*"],
  ["AWS::DynamoDB::Table", "dynamodb:table/*"],
  ["AWS::Serverless::SimpleTable", "dynamodb:table/*"],
  ["AWS::KinesisFirehose::DeliveryStream", "firehose:deliverystream/*"],
  ["AWS::Kinesis::Stream", "kinesis:stream/*"],
  ["AWS::IAM::Role", "iam:role/*"],
]);

function arn(scope: Scope, pattern: string, name: string): string {
  const [service = "", ...rest] = pattern.split(":");
  const place = { s3: ":", iam: `:${accountId}` }[service] ?? `${scope.region}:${accountId}`;
  return `arn:${partitionOf(scope.region)}:${service}:${place}:${rest.join(":").replace("*", () => name)}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function nearest(name: string, { template }: Scope): string {
  return didYouMean(name, [...Object.keys(template.parameters), ...Object.keys(template.resources)]);
}

/** The name the template gives the resource in plain text, otherwise its logical id. */
function physicalName(logicalId: string, scope: Scope): string {
  const properties = own(own(scope.template.resources, logicalId), "Properties");
  const named = ["FunctionName", "LayerName", "BucketName", "TableName", "QueueName", "TopicName", "RoleName", "Name"]
    .map((key) => own(properties, key))
    .find((value) => typeof value === "string");
  return typeof named === "string" ? named : logicalId;
}

function resolvePseudo(name: string, scope: Scope): Value | undefined {
  const values: Readonly<Record<string, Value | undefined>> = {
    "AWS::AccountId": accountId,
    "AWS::NoValue": undefined,
    "AWS::NotificationARNs": [],
    "AWS::Partition": partitionOf(scope.region),
    "AWS::Region": scope.region,
    "AWS::StackId": arn(scope, "cloudformation:stack/*", `${stackName}/00000000-0000-0000-0000-000000000000`),
    "AWS::StackName": stackName,
    "AWS::URLSuffix": scope.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com",
  };
  if (!Object.hasOwn(values, name)) throw new EmulatorError(`!Ref ${name}: AWS has no such pseudo parameter`);
  return values[name];
}

function resolveParameter(name: string, declaration: Value, scope: Scope): Value {
  const type = scalarText(own(declaration, "Type")) ?? "String";
  const given = Object.hasOwn(scope.parameters, name) ? scope.parameters[name] : undefined;
  const value = given ?? own(declaration, "Default");
  if (value === undefined) {
    throw new EmulatorError(`parameter ${name} has no default: give it with --parameter-overrides ${name}=…`);
  }
  if (type.startsWith("AWS::SSM::Parameter::Value") && given === undefined) {
    throw new EmulatorError(`parameter ${name} is read from SSM on AWS: give it with --parameter-overrides ${name}=…`);
  }
  checkAllowed(name, value, own(declaration, "AllowedValues"));
  const isList = type === "CommaDelimitedList" || type.startsWith("List<");
  return isList && typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
}

function checkAllowed(name: string, value: Value, allowed: Value | undefined): void {
  if (!isValueList(allowed)) return;
  const texts = allowed.map(scalarText);
  const given = scalarText(value);
  if (texts.includes(given)) return;
  throw new EmulatorError(`parameter ${name}: expected one of ${texts.join(", ")}, got ${given ?? "a list or map"}`);
}
