"""What a deployed environment says of itself: `python -m local.deployed <stack>` prints the URL of its main queue.

The CDK app is told it, and refuses the other kind of queue in one sentence. Nothing is printed where nothing is
deployed, nor where CloudFormation can't be asked: then the template's own guard is what refuses.
"""

import os
import sys
from typing import Any

import botocore.exceptions
import botocore.session


def main_queue(stack: str, cloudformation: Any) -> str | None:
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
        return None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    return outputs.get("QueueUrl")


def main() -> int:
    try:
        # As the CDK does; botocore by itself knows the other name only.
        cloudformation = botocore.session.Session().create_client("cloudformation", os.environ.get("AWS_REGION"))
    except botocore.exceptions.BotoCoreError:
        return 0
    print(main_queue(sys.argv[1], cloudformation) or "", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
