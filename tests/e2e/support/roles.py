"""IAM in the running cloud: roles that call the API, and the functions' own roles with an action taken away."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from botocore.credentials import Credentials

from local.environment import REGION
from tests.e2e.support.api import Api
from tests.e2e.support.stack import Stack

ACCOUNT = "000000000000"


class Caller:
    """A role that someone outside assumes to call the API."""

    def __init__(self, stack: Stack, arn: str):
        self._stack, self._arn = stack, arn

    def session(self, name: str) -> Api:
        return self._stack.api.signed_by(self.keys(name))

    def keys(self, name: str) -> Credentials:
        answer = self._stack.client("sts").assume_role(RoleArn=self._arn, RoleSessionName=name)["Credentials"]
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


@contextlib.contextmanager
def caller(stack: Stack, name: str, *, may_call: bool = True) -> Iterator[Caller]:
    """Makes a role, with or without permission to call the API, and removes it afterwards."""
    iam = stack.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    if may_call:
        api = stack.outputs["ApiUrl"].rsplit("/", 1)[1]
        everything = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*"
        permission = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": everything}
        iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=_document(permission))
    try:
        yield Caller(stack, arn)
    finally:
        if may_call:
            iam.delete_role_policy(RoleName=name, PolicyName="call")
        iam.delete_role(RoleName=name)


@contextlib.contextmanager
def without(stack: Stack, function: str, *actions: str) -> Iterator[None]:
    """The function's role lacks these actions for a while. Each must have been granted, or nothing is tested."""
    iam, lambda_ = stack.client("iam"), stack.client("lambda")
    name = stack.outputs[f"{function.capitalize()}Function"]
    role = lambda_.get_function_configuration(FunctionName=name)["Role"].rsplit("/", 1)[1]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = {policy: iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"] for policy in names}
    taken: set[str] = set()
    try:
        for policy, document in before.items():
            reduced = _reduced(document, set(actions), taken)
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(reduced))
        assert taken == set(actions), f"the role of {name} does not grant {set(actions) - taken}"
        yield
    finally:
        for policy, document in before.items():
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def _reduced(document: dict[str, Any], actions: set[str], taken: set[str]) -> dict[str, Any]:
    """The document less the actions, which are noted in `taken`; a statement left with none is dropped."""
    statements = []
    for statement in document["Statement"]:
        granted = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        taken |= actions & set(granted)
        kept = [action for action in granted if action not in actions]
        if kept:
            statements.append(statement | {"Action": kept})
    return document | {"Statement": statements or [_nothing()]}


def _nothing() -> dict[str, Any]:
    """A policy must have a statement."""
    return {"Effect": "Deny", "Action": "sluice:nothing", "Resource": "*"}


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
