"""Webhooks as side effects: every record goes to every receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reviewflow.errors import BadInput, Fault
from reviewflow.following.follower import Reading
from reviewflow.notify.addresses import read_addresses
from reviewflow.notify.signing import read_secrets
from reviewflow.notify.webhook import Webhook, message
from reviewflow.ports import Record
from reviewflow.settings import PREFIX, Settings
from reviewflow.views.cycles import get_cycles


class WebhookCourier:
    """Sends to one receiver."""

    kind = "webhook"

    def __init__(self, webhook: Webhook) -> None:
        """`webhook` knows where to, and signs."""
        self._webhook = webhook
        self.recipient = webhook.name

    def wants(self, record: Record) -> bool:  # noqa: ARG002 - the port's signature
        """Every one: there is nothing in it but where it is."""
        return True

    def prepare(self, snapshot: Reading, effect_id: str, record: Record) -> Callable[[datetime], None]:
        """Find the handle of the cycle."""
        kind, _, one = record.stream.partition("-")
        cycle = get_cycles(snapshot.connection, [one]).get(one) if kind == "cycle" else None
        body = message(record, cycle.handle if cycle else None)
        return lambda now: self._webhook.send(effect_id, body, now)


def webhooks(settings: Settings) -> list[WebhookCourier]:
    """One for each receiver that the settings name; `BadInput` if they do not fit."""
    if not settings.webhook:
        return []
    if not settings.webhook_secret:
        want = f"{PREFIX}WEBHOOK goes with a secret that signs what is sent, as in whsec_..."
        raise BadInput("the settings", [Fault(f"{PREFIX}WEBHOOK_SECRET", "nothing", want)])
    keys = read_secrets(settings.webhook_secret, f"{PREFIX}WEBHOOK_SECRET")
    return [WebhookCourier(Webhook(one, keys)) for one in read_addresses(settings.webhook, f"{PREFIX}WEBHOOK")]
