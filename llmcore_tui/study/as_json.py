"""What the commands answer with `--json`, as docs/json.md describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcore_progress.statistics import Retention, Statistics
    from llmcore_tui.study.checkpoint import Checkpoint
    from llmcore_tui.study.level import LevelGate
    from llmcore_tui.study.module_tree import AreaBranch, ModuleNode, Way
    from llmcore_tui.study.plan_choice import PlanChoice
    from llmcore_tui.study.plan_days import PlanDay


def checkpoint_as_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """Where the learner stands at a checkpoint."""
    return {
        "day": checkpoint.day,
        "met": checkpoint.met,
        "parts": [
            {
                "name": part.name,
                "have": part.have,
                "need": part.need,
                "met": part.met,
                "needs_interview": part.needs_interview,
                "missing": part.missing,
            }
            for part in checkpoint.parts
        ],
    }


def plan_as_json(choice: PlanChoice, days: Sequence[PlanDay], others: Sequence[str]) -> dict[str, Any]:
    """The plan in use with every day."""
    return {
        "plan": choice.plan.name,
        "title": {"en": choice.plan.title.en, "zh": choice.plan.title.zh},
        "start": choice.start.isoformat() if choice.has_begun else None,
        "day": choice.day.day if 0 <= choice.days_since < len(choice.plan.days) else None,
        "days": [
            {
                "day": day.day,
                "date": day.date.isoformat(),
                "modules": list(day.modules),
                "must_say": day.must_say,
                "state": day.state,
                "checkpoint": checkpoint_as_json(day.checkpoint) if day.checkpoint else None,
            }
            for day in days
        ],
        "others": list(others),
    }


def node_as_json(node: ModuleNode) -> dict[str, Any]:
    """A module on the map."""
    return {
        "id": node.id,
        "title": node.title,
        "state": str(node.standing),
        "cards": node.cards,
        "recalled": node.recalled,
        "demand": node.demand,
        "requires": list(node.requires),
    }


def tree_as_json(areas: Sequence[AreaBranch], gates: Sequence[LevelGate]) -> dict[str, Any]:
    """The whole map."""
    return {
        "areas": [
            {"id": area.id, "title": area.title, "modules": [node_as_json(node) for node in area.modules]}
            for area in areas
        ],
        "levels": [
            {
                "id": gate.id,
                "title": gate.title,
                "modules": list(gate.modules),
                "planned": list(gate.planned),
                "met": gate.met,
                "parts": [
                    {
                        "name": part.name,
                        "have": part.have,
                        "need": part.need,
                        "met": part.met,
                        "needs_interview": part.needs_interview,
                    }
                    for part in gate.parts
                ],
                "predictions_missing": list(gate.predictions_missing),
            }
            for gate in gates
        ],
    }


def way_as_json(way: Way) -> dict[str, Any]:
    """The way to one module."""
    return {
        "module": node_as_json(way.to),
        "before": [node_as_json(node) for node in way.before],
        "leads_to": [node_as_json(node) for node in way.leads_to],
        "next": way.next.id if way.next else None,
    }


def statistics_as_json(found: Statistics) -> dict[str, Any]:
    """All statistics; shares are null where there is nothing to share."""
    return {
        "cards": found.cards,
        "new": found.new,
        "learning": found.learning,
        "young": found.young,
        "mature": found.mature,
        "suspended": found.suspended,
        "leeches": found.leeches,
        "reviews": found.reviews,
        "ratings": dict(zip(("again", "hard", "good", "easy"), found.ratings, strict=True)),
        "retention": _retention(found.retention),
        "retention_ever": _retention(found.retention_ever),
        "predictions": {
            "made": found.calibration.made,
            "judged": found.calibration.within.whole,
            "within": found.calibration.within.part,
            "median_ratio": found.calibration.median_ratio,
            "median_factor": found.calibration.median_factor,
        },
        "forecast": list(found.forecast),
        "streak": found.streak,
        "longest_streak": found.longest_streak,
        "minutes": round(found.minutes, 2),
        "minutes_today": round(found.minutes_today, 2),
        "days": [
            {"day": day.day.isoformat(), "reviews": day.reviews, "minutes": round(day.minutes, 2)}
            for day in found.days
        ],
    }


def _retention(found: Retention) -> dict[str, Any]:
    return {
        "recalled": found.all.part,
        "reviews": found.all.whole,
        "share": found.all.value,
        "young": found.young.value,
        "mature": found.mature.value,
        "expected": found.predicted,
    }
