"""moto's server, with AWS's own SAM transform in front of its CloudFormation.

moto does not know AWS::Serverless::* and reports a stack of such resources as complete without making one.
CloudFormation runs this transform before it looks at a template; so does moto here.
Arguments: those of moto_server.
"""

import boto3
from moto.awslambda.models import LambdaFunction, LayerVersion
from moto.cloudformation.models import ChangeSet, Stack
from moto.server import main
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

SAM = "AWS::Serverless-2016-10-31"


class NoManagedPolicies(ManagedPolicyLoader):
    """Policies are named by their ARN, or written out; moto has no list of AWS's own."""

    def load(self):
        return {}


def with_transform(parse_template):
    def parse(stack):
        parse_template(stack)
        transforms = stack.template_dict.get("Transform", [])
        if SAM in ([transforms] if isinstance(transforms, str) else transforms):
            parameters = getattr(stack, "parameters", None) or {}
            stack.template_dict = transform(stack.template_dict, dict(parameters), NoManagedPolicies(boto3.client("iam")))

    return parse


for stack_class in (Stack, ChangeSet):
    stack_class._parse_template = with_transform(stack_class._parse_template)

# What moto's CloudFormation leaves out of layers: their names, their ids (`!Ref` to a layer version is its ARN), and that
# functions have them. And that a function is an image.
LayerVersion.cloudformation_name_type = staticmethod(lambda: "LayerName")
LayerVersion.physical_resource_id = property(lambda layer: layer.arn, lambda layer, _: None)
create_function = LambdaFunction.create_from_cloudformation_json.__func__


def create_whole_function(cls, resource_name, cloudformation_json, *args, **kwargs):
    function = create_function(cls, resource_name, cloudformation_json, *args, **kwargs)
    properties = cloudformation_json["Properties"]
    function.layers = function._get_layers_data(properties.get("Layers", []))
    function.package_type = properties.get("PackageType", "Zip")
    return function


LambdaFunction.create_from_cloudformation_json = classmethod(create_whole_function)

# What it leaves out of change sets: the outputs of their stack.
apply_change_set = ChangeSet.apply


def apply_with_outputs(change_set):
    apply_change_set(change_set)
    change_set.stack.template_dict = change_set.template_dict
    change_set.stack.output_map = change_set.stack._create_output_map()


ChangeSet.apply = apply_with_outputs

if __name__ == "__main__":
    main()
