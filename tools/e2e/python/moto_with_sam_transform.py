"""moto's server, with AWS's own SAM transform in front of its CloudFormation.

moto does not know AWS::Serverless::*: it reports a stack of such resources as complete, and makes no resource.
CloudFormation runs this transform before it reads a template; here moto does the same.
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
    """An empty list of AWS's own policies, because moto has no such list. Templates name policies by ARN, or contain them."""

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

# moto's CloudFormation does not set the name of a layer, the id of a layer version (`!Ref` gives its ARN), the layers of a
# function, and the package type of a function that is an image.
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

# It also does not set the outputs of a stack that a change set makes.
apply_change_set = ChangeSet.apply


def apply_with_outputs(change_set):
    apply_change_set(change_set)
    change_set.stack.template_dict = change_set.template_dict
    change_set.stack.output_map = change_set.stack._create_output_map()


ChangeSet.apply = apply_with_outputs

if __name__ == "__main__":
    main()
