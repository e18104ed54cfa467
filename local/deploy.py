"""The real CDK against the local cloud: bootstrap, deploy, and what the stack says it made."""

import json
import subprocess
from pathlib import Path

from local import build, deployed, environment
from local.clients import client
from local.cloud import Running
from local.console import Failure, step
from local.outputs import flatten
from local.paths import REPOSITORY

CDK = REPOSITORY / "node_modules" / ".bin" / "cdk"


def bootstrap(running: Running, log: Path) -> None:
    step("Bootstrapping the local cloud for the CDK (2 s)")
    target = f"aws://000000000000/{environment.REGION}"
    _cdk(running, log, "the CDK's bootstrap failed", "bootstrap", target, "--app", "", "--output", str(log.parent))


def deploy(
    running: Running, name: str, functions: Path, folder: Path, *, meant_for_aws: bool = False
) -> dict[str, str]:
    """Deploys environment `name` and returns its outputs. `folder` is the CDK's to write in.

    `meant_for_aws`: one that is told nothing of this machine; it takes a cloud that does not enforce IAM.
    """
    step(f"Deploying Sluice-{name} to the local cloud (10 s)")
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "outputs.json"
    made.unlink(missing_ok=True)
    context = {"env": name, "functionsDir": str(functions)}
    if not meant_for_aws:
        context |= {"localEndpoint": running.endpoint, "localArchitecture": build.architecture()}
    cloudformation = client("cloudformation", running.endpoint, running.authority)
    if queue := deployed.main_queue(f"Sluice-{name}", cloudformation):
        context |= {"deployedQueueUrl": queue}
    arguments = ["deploy", f"Sluice-{name}", "--require-approval", "never", "--progress", "events"]
    arguments += ["--output", str(folder / "cdk.out"), "--outputs-file", str(made), *in_context(context)]
    _cdk(running, folder / "deploy.log", f"Sluice-{name} did not deploy", *arguments)
    return flatten(json.loads(made.read_text())[f"Sluice-{name}"], running)


def destroy(running: Running, name: str, folder: Path) -> None:
    """Removes an environment that is meant for AWS."""
    step(f"Removing Sluice-{name} from the local cloud (5 s)")
    arguments = [
        "destroy",
        f"Sluice-{name}",
        "--force",
        "--output",
        str(folder / "cdk.out"),
        *in_context({"env": name}),
    ]
    _cdk(running, folder / "destroy.log", f"Sluice-{name} was not removed", *arguments)


def in_context(context: dict[str, str]) -> list[str]:
    return [argument for key, value in context.items() for argument in ("--context", f"{key}={value}")]


def _cdk(running: Running, log: Path, failure: str, *arguments: str) -> None:
    """Runs it with its chatter in a log, which is shown only if it fails."""
    command = [str(CDK), *arguments, "--ci", "--no-notices"]
    with log.open("wb") as out:
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environment.for_commands(running.endpoint, running.authority),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        print(log.read_text(errors="replace"), end="")
        raise Failure(f"{failure}: the CDK's messages above say why (also in {log})")
