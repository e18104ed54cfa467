"""`make up`: from a built checkout to one completed event, or to one clear line and nothing running."""

import json
from pathlib import Path

from local import build, deploy, first_event, outputs, prerequisites
from local.cloud import Cloud, Running
from local.console import Failure, step, tell
from local.paths import CLOUD, FUNCTIONS, OUTPUTS


def up(port: int, name: str, target_dir: Path) -> None:
    cloud = Cloud(CLOUD)
    _refuse_another_port(cloud.running(), port)
    build.build(FUNCTIONS, target_dir)
    running = cloud.running()
    if running and cloud.healthy(running):
        _deploy(running, name)
        return
    cloud.stop()
    if taken := prerequisites.port_taken(port):
        raise Failure(taken)
    step(f"Starting the local cloud on port {port} (1 s)")
    running = cloud.start(port)
    try:
        deploy.bootstrap(running, CLOUD / "bootstrap.log")
        _deploy(running, name)
    except BaseException:
        down()
        raise


def down() -> bool:
    """Ends the local cloud and all in it. Returns whether one ran."""
    OUTPUTS.unlink(missing_ok=True)
    return Cloud(CLOUD).stop()


def _deploy(running: Running, name: str) -> None:
    made = deploy.deploy(running, name, FUNCTIONS, CLOUD / "deploy")
    outputs.write(made, OUTPUTS)
    step("Sending a first event (5 s)")
    _show(made, first_event.send(made["ApiUrl"]))


def _show(made: dict[str, str], event: dict) -> None:
    api = made["ApiUrl"]
    tell(f"\nEvent {event['eventId']} is {event['status']}: {json.dumps(event['result'])}\n")
    tell(f"API      {api}")
    tell(f"Queue    {made['QueueUrl']}")
    tell(f"Outputs  {OUTPUTS}")
    tell(f"Logs     {Cloud(CLOUD).log}\n")
    tell("Next:")
    tell(f"  export API_URL={api}")
    tell(
        "  curl -X POST $API_URL/events -H 'Content-Type: application/json' "
        """-d '{"orderId":"test-123","amount":42.50}'"""
    )
    tell(f"  curl $API_URL/events/{event['eventId']}")
    tell("  curl $API_URL/queues")
    tell("  make down")


def _refuse_another_port(running: Running | None, port: int) -> None:
    if running and running.port != port:
        here = running.port
        raise Failure(f"the local cloud already runs on port {here}: make up PORT={here}, or make down first")
