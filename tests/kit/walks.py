"""Random walks through any workflow: valid forms made up from the definition, and every kind of command."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from kit.world import World
from reviewflow.cycle.setting import Setting
from reviewflow.workflow.definition import FormField, bounds


class FormMaker:
    """Makes forms that the definition accepts; whether the rules like them is left to chance."""

    def __init__(self, world: World, setting: Setting, random: Random) -> None:
        self.world, self.setting, self.random = world, setting, random

    def form(self, step: str) -> dict[str, Any]:
        fields = self.setting.definition.fields(step)
        return {
            name: self.value(field)
            for name, field in fields.items()
            if not field.optional or self.random.random() < 0.5
        }

    def value(self, field: FormField) -> Any:
        random = self.random
        match field.type:
            case "list":
                return self.items(field)
            case "rows":
                return self.rows(field)
            case "int":
                return random.randint(field.min or 0, field.max or (field.min or 0) + 5)
            case "number":
                return float(field.min or 1)
            case "bool":
                return random.random() < 0.5
            case "date":
                return (self.setting.today + timedelta(days=random.choice([-3, 0, 1, 2, 5, 9, 30]))).isoformat()
            case "choice":
                return random.choice(self.choices(field))
            case "person":
                return self.world.id(random.choice(self.people()))
            case "organisation":
                return self.setting.subject
            case _:
                return "made up"

    def people(self) -> list[str]:
        cycle = self.setting.cycle
        team = cycle.assigned("peer_reviewer") if cycle else []
        return team or ["rob", "hanna"]

    def choices(self, field: FormField) -> list[str]:
        if isinstance(field.of, tuple):
            return list(field.of)
        return list(self.setting.definition.lists[field.of].values)

    def items(self, field: FormField) -> list[Any]:
        low, high = field.min or 1, field.max or 3
        if isinstance(field.of, tuple) or field.of in self.setting.definition.lists:
            options = self.choices(field)
            return self.random.sample(options, min(len(options), self.random.randint(low, min(high, len(options)))))
        one = field.model_copy(update={"type": field.of, "of": None, "min": None, "max": None})
        count = self.random.randint(low, high)
        made = [self.value(one) for _ in range(count)]
        return list(dict.fromkeys(made)) if len(set(made)) >= low else made

    def rows(self, field: FormField) -> list[dict[str, Any]]:
        if field.over:
            ids = self.setting.rows(field.over)
        else:
            ids = [f"r{n}" for n in range(1, self.random.randint(field.min or 1, 3) + 1)]
        return [
            {
                "id": row,
                **{n: self.value(c) for n, c in field.columns.items() if not c.optional or self.random.random() < 0.5},
            }
            for row in ids
        ]

    def about(self, place: str | None) -> str | None:
        rows = self.setting.rows(place) if place else []
        return self.random.choice(rows) if rows else None


def assignable(setting: Setting) -> list[str]:
    return [name for name, role in setting.definition.roles.items() if role.assigned and bounds(role.assigned)]
